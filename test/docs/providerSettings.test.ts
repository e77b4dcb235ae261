/** An explicit provider takes every setting that decides who acts and where, and keeps secrets as such in either spelling. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { alibabaSettings } from "../../provider/src/services/alibaba/settingsTable";
import { awsSettings } from "../../provider/src/services/aws/settingsTable";
import { huaweiSettings } from "../../provider/src/services/huawei/settingsTable";

const source = ["explicitProvider.ts", "awsSettings.ts"]
  .map((file) => readFileSync(resolve(__dirname, "../../provider/src/program", file), "utf8"))
  .join("\n");

test.each([
  ["HuaweicloudSettings", huaweiSettings],
  ["AlicloudSettings", alibabaSettings],
  ["AwsSettings", awsSettings],
])("%s has every honoured key of the vendor's provider", (name, { table }) => {
  const [, body = ""] = new RegExp(`export interface ${name} \\{([\\s\\S]*?)\\n\\}`).exec(source) ?? [];
  const taken = [...body.matchAll(/^ {2}(\w+)\?:/gm)].map(([, key]) => key);
  const honoured = table.filter(({ treatment }) => treatment === "honoured");
  // Fields of an object have the object's key before their own.
  const keys = honoured.flatMap(({ key }) => (key === undefined || key.includes(".") ? [] : [key]));
  expect(keys.length).toBeGreaterThan(10);
  expect(keys.filter((key) => !taken.includes(key))).toEqual([]);
});
