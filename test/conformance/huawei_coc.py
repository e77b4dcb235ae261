"""Drives the emulator's COC through the vendor's Python SDK and prints one line of JSON with what it saw.

Usage: huawei_coc.py URL   (an emulator with its demo account; its clock is moved through the control API)
Nothing is judged here: cocScenario.ts has what every vendor's client must have seen.
"""

import json

from huaweicloudsdkcoc.v1 import (
    CocClient,
    ExecuteDocumentRequest,
    ExecuteDocumentRequestBody,
    ExecuteDocumentRequestBodyParameters,
    ExecuteDocumentRequestBodyTargets,
    GetDocumentRequest,
    GetExecutionRequest,
    ListDocumentsRequest,
    ListExecutionsRequest,
    ListExecutionStepsRequest,
    OperateExecutionRequest,
    OperateExecutionRequestBody,
)
from huaweicloudsdkcore.auth.credentials import BasicCredentials, GlobalCredentials
from huaweicloudsdkcore.exceptions import exceptions

from emulator import AK, SK, URL, advance, control

PROJECT = "0123456789abcdef0123456789abcdef"


def build(credentials):
    credentials = credentials.with_iam_endpoint(URL)
    return CocClient.new_builder().with_credentials(credentials).with_endpoint(URL).build()


def start(coc, document, parameters=None, **more):
    pairs = [ExecuteDocumentRequestBodyParameters(key=key, value=value) for key, value in (parameters or {}).items()]
    body = ExecuteDocumentRequestBody(parameters=pairs or None, **more)
    return coc.execute_document(ExecuteDocumentRequest(document_id=document, body=body)).data


def show(coc, execution):
    return coc.get_execution(GetExecutionRequest(execution_id=execution)).data


def steps(coc, execution, **more):
    return coc.list_execution_steps(ListExecutionStepsRequest(execution_id=execution, **more))


def brief(answer):
    return [[step.name, step.status] for step in answer.data]


def operate(coc, execution, operation):
    body = OperateExecutionRequestBody(execution_id=execution, operate_type=operation)
    return coc.operate_execution(OperateExecutionRequest(body=body))


def refusal(call):
    try:
        call()
    except exceptions.SdkException as error:
        return [getattr(error, "status_code", None), getattr(error, "error_code", None)]
    return None


def main():
    seen = {}
    control("POST", "/clock", {"rate": 0})
    # The account's id is looked up in IAM.
    coc = build(GlobalCredentials(AK, SK))

    execution = start(coc, "demo-fails", {"release": "ä 7"}, description="patch", version="v1")
    running = show(coc, execution)
    seen["started"] = [execution.startswith("EX"), running["execution_id"] == execution]
    seen["running"] = [running["status"], running["end_time"], brief(steps(coc, execution))]
    seen["echoed"] = [running["parameters"], running["description"], running["creator"], running["type"]]
    advance(60_000)
    failed = show(coc, execution)
    seen["failed"] = [failed["status"], failed["end_time"] - failed["start_time"], brief(steps(coc, execution))]
    seen["message"] = steps(coc, execution).data[1].message.splitlines()[2]
    one = steps(coc, execution, limit=1, offset=1)
    seen["one_step"] = [brief(one), one.total]
    step = one.data[0]
    seen["chosen_step"] = brief(steps(coc, execution, execution_step_id_list=[step.execution_step_id]))
    seen["step"] = [step.action, [[pair.key, pair.value] for pair in step.inputs], step.end_time - step.start_time]

    operate(coc, execution, "RETRY")
    seen["retried"] = show(coc, execution)["status"]
    operate(coc, execution, "TERMINATE")
    seen["stopped"] = show(coc, execution)["status"]

    done = start(coc, "demo-succeeds")
    advance(60_000)
    outputs = steps(coc, done).data[2].outputs
    seen["output"] = [show(coc, done)["status"], [[pair.key, pair.value] for pair in outputs]]

    control("PUT", "/workflows/asks", {"service": "coc", "nodes": [{"id": "ask", "durationMs": 0, "pause": True}]})
    asking = start(coc, "asks")
    seen["suspended"] = show(coc, asking)["status"]
    operate(coc, asking, "RESUME")
    seen["resumed"] = show(coc, asking)["status"]

    batched = ExecuteDocumentRequestBodyTargets(key="BatchValues", values=["a", "b"])
    targeted = start(coc, "demo-slow", target_parameter_name="hosts", targets=[batched])
    shown = show(coc, targeted)
    seen["targets"] = [shown["type"], shown["target_parameter_name"], shown["targets"]]

    listing = coc.list_executions(
        ListExecutionsRequest(document_id="demo-fails", limit=10, offset=0, exclude_child_executions=True)
    )
    first = listing.data[0]
    seen["listed"] = [listing.total, first.execution_id == execution, first.status, first.description, first.creator]
    every = coc.list_executions(ListExecutionsRequest(limit=2, offset=1))
    seen["page"] = [every.total, [item.document_id for item in every.data]]
    late = coc.list_executions(ListExecutionsRequest(start_time=first.start_time))
    seen["later"] = late.total

    seen["document"] = coc.get_document(GetDocumentRequest(document_id="demo-slow")).data["name"]
    documents = coc.list_documents(ListDocumentsRequest(name_like="demo-s", limit=5, offset="0"))
    seen["documents"] = documents.body["total"] if documents.body else documents.to_dict()

    seen["by_project"] = bool(start(build(BasicCredentials(AK, SK, PROJECT)), "demo-succeeds"))
    temporary = GlobalCredentials("EMULATORTEMPORARY0001", "emulator-temporary-secret-0001")
    seen["temporary_key"] = bool(
        start(build(temporary.with_security_token("emulator-security-token-0001")), "demo-succeeds")
    )

    seen["unknown_execution"] = show(coc, "EX-none")
    seen["unknown_steps"] = steps(coc, "EX-none").total
    seen["unknown_document"] = refusal(lambda: start(coc, "none"))
    seen["stop_ended"] = refusal(lambda: operate(coc, execution, "TERMINATE"))
    seen["wrong_operation"] = refusal(lambda: operate(coc, execution, "STOP"))
    seen["wrong_key"] = refusal(lambda: start(build(GlobalCredentials(AK, "wrong", "f" * 32)), "demo-succeeds"))
    seen["other_account"] = refusal(lambda: start(build(GlobalCredentials(AK, SK, "f" * 32)), "demo-succeeds"))
    control("POST", "/faults", {"action": "status", "status": 500, "operation": "ExecuteDocument"})
    seen["server_error"] = refusal(lambda: start(coc, "demo-succeeds"))

    print(json.dumps(seen))


main()
