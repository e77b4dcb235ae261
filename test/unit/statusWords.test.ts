/** Words of the services that every JavaScript object has are unknown words like any other. */
import { kindOfError } from "../../provider/src/services/alibaba/serviceErrors";
import { stepsOf } from "../../provider/src/services/alibaba/cloudflow/history";
import * as cloudFlow from "../../provider/src/services/alibaba/cloudflow/statuses";
import * as awsErrors from "../../provider/src/services/aws/serviceErrors";
import * as stepFunctions from "../../provider/src/services/aws/stepfunctions/statuses";
import * as aom from "../../provider/src/services/huawei/aom/statuses";
import * as coc from "../../provider/src/services/huawei/coc/statuses";
import * as functionGraph from "../../provider/src/services/huawei/functiongraph/statuses";

describe.each(["constructor", "__proto__", "toString", "hasOwnProperty"])("%s", (word) => {
  test("is no status", () => {
    for (const { toExecutionStatus } of [aom, coc, functionGraph, cloudFlow, stepFunctions]) {
      expect(toExecutionStatus(word)).toBe("unknown");
    }
  });

  test("is no known error: the HTTP status counts", () => {
    expect(kindOfError(word, 404)).toBe("notFound");
    expect(kindOfError(word, 400)).toBe("refused");
    expect(awsErrors.kindOfError(word, 403)).toBe("authentication");
    expect(awsErrors.kindOfError(word, 404)).toBe("refused");
  });

  test("is no end of a step", () => {
    const event = { eventId: 1, scheduleEventId: 0, stepName: "s", time: undefined, detail: undefined };
    const steps = stepsOf([
      { ...event, type: "StepEntered" },
      { ...event, type: word },
    ]);
    expect(steps).toMatchObject([{ id: "s", status: "running" }]);
  });
});
