"""Drives the emulator through the vendor's Python SDK and prints one line of JSON with all that it saw.

Usage: huawei_aom.py URL   (an emulator with its demo account; its clock is moved through the control API)
Nothing is judged here: python.test.ts compares what is printed.
"""

import json

from huaweicloudsdkaom.v1 import (
    AomClient,
    CreateWorkflowRequest,
    ExecuteWorkflowRequest,
    ListAllJobByNameRequest,
    ListAllScriptByNameRequest,
    ListAllVersionByVersionIdRequest,
    ListTemplateByJobIdRequest,
    ListTemplateByJobIdRequestBody,
    ListWorkflowExecutionsRequest,
    ListWorkflowRequest,
    SearchJobsRequestBody,
    SearchScriptsRequestBody,
    SearchTemplateByIdRequest,
    SearchWorkflowExecutionDetailRequest,
    StartPausingWorkflowExecutionsRequest,
    StopExecutionRequest,
    UpdateWorkflowTriggerStatusRequest,
    WorkflowQueryParam,
    WorkflowRequestBody,
)
from huaweicloudsdkcore.exceptions import exceptions

from emulator import advance, control
from huawei_client import build


def client(*key, **how):
    return build(AomClient, *key, **how)


def execute(aom, workflow_id):
    return aom.execute_workflow(ExecuteWorkflowRequest(workflow_id=workflow_id)).execution_id


def detail(aom, workflow_id, execution_id):
    request = SearchWorkflowExecutionDetailRequest(workflow_id=workflow_id, execution_id=execution_id)
    return aom.search_workflow_execution_detail(request)


def stop(aom, workflow_id, execution_id):
    return aom.stop_execution(StopExecutionRequest(workflow_id=workflow_id, execution_id=execution_id))


def summary(answer):
    return {
        "status": answer.status,
        "nodes": [[node.node_id, node.status] for node in answer.execution_result_list],
        "ended": answer.end_time > 0,
    }


def refusal(call):
    try:
        call()
    except exceptions.SdkException as error:
        seen = {"class": type(error).__name__}
        for name in ("status_code", "error_code", "error_msg"):
            seen[name] = getattr(error, name, None)
        seen["has_request_id"] = bool(getattr(error, "request_id", None))
        return seen
    return None


def main():
    seen = {}
    control("POST", "/clock", {"rate": 0})
    aom = client()

    execution = execute(aom, "demo-fails")
    seen["running"] = summary(detail(aom, "demo-fails", execution))
    advance(60_000)
    ended = detail(aom, "demo-fails", execution)
    seen["failed"] = summary(ended)
    seen["failed_target"] = ended.execution_result_list[1].output["fail"][0]["exit_code"]

    slow = execute(aom, "demo-slow")
    seen["stop"] = stop(aom, "demo-slow", slow).body
    seen["stopped"] = summary(detail(aom, "demo-slow", slow))

    listed = aom.list_workflow_executions(ListWorkflowExecutionsRequest(workflow_id="demo-fails")).body
    seen["listed"] = [[item.execution_id == execution, item.status, item.created_by] for item in listed]

    control(
        "PUT",
        "/workflows/with-pause",
        {"nodes": [{"id": "hold", "durationMs": 5, "pause": True}], "name": "with-pause"},
    )
    paused = execute(aom, "with-pause")
    answer = aom.start_pausing_workflow_executions(
        StartPausingWorkflowExecutionsRequest(
            workflow_id="with-pause", execution_id=paused, action="continue", node_id="hold"
        )
    )
    seen["continue"] = answer.result
    advance(5)
    seen["continued"] = summary(detail(aom, "with-pause", paused))

    body = WorkflowRequestBody(
        name="made-by-sdk",
        type="cron",
        template_id="CMS::ECS::BulkyRunScript",
        task_type="standard",
        input={"region_id": "cn-north-4"},
    )
    made = aom.create_workflow(CreateWorkflowRequest(body=body))
    seen["created"] = [made.name, made.type, made.trigger_status, made.project_id]
    trigger = UpdateWorkflowTriggerStatusRequest(workflow_id=made.id, action="disable")
    seen["trigger"] = aom.update_workflow_trigger_status(trigger).body
    query = WorkflowQueryParam(sort_field="create_time", sort_type="ASC", search="made-by", page=1, size=10)
    workflows = aom.list_workflow(ListWorkflowRequest(body=query))
    seen["workflows"] = [workflows.total_elements, workflows.elements[0].trigger_status]

    jobs = SearchJobsRequestBody(order_by_column="name", sort_order="ASC")
    job = aom.list_all_job_by_name(ListAllJobByNameRequest(body=jobs)).elements[0]
    templates = ListTemplateByJobIdRequestBody(order_by_column="name", sort_order="ASC")
    template = aom.list_template_by_job_id(ListTemplateByJobIdRequest(job_id=job.id, body=templates)).elements[0]
    shown = aom.search_template_by_id(SearchTemplateByIdRequest(template_id=template.id, share_type="private"))
    scripts = SearchScriptsRequestBody(order_by_column="name", sort_order="ASC")
    script = aom.list_all_script_by_name(ListAllScriptByNameRequest(body=scripts)).elements[0]
    versions = SearchScriptsRequestBody(script_id=script.id, order_by_column="create_time", sort_order="ASC")
    version = aom.list_all_version_by_version_id(ListAllVersionByVersionIdRequest(body=versions)).elements[0]
    seen["lookups"] = [job.name, shown.name, script.name, version.version_number]

    seen["project_looked_up"] = bool(execute(client(project=None), "demo-succeeds"))
    temporary = client(
        "EMULATORTEMPORARY0001", "emulator-temporary-secret-0001", security_token="emulator-security-token-0001"
    )
    seen["temporary_key"] = bool(execute(temporary, "demo-succeeds"))
    seen["odd_id"] = refusal(lambda: execute(aom, "wf 1~x(ä)"))

    seen["unknown_workflow"] = refusal(lambda: execute(aom, "no-such-workflow"))
    seen["unknown_execution"] = refusal(lambda: detail(aom, "demo-fails", "none"))
    seen["stopped_twice"] = refusal(lambda: stop(aom, "demo-slow", slow))
    seen["wrong_key"] = refusal(lambda: execute(client(sk="wrong"), "demo-succeeds"))
    seen["other_project"] = refusal(lambda: execute(client(project="f" * 32), "demo-succeeds"))
    seen["wrong_key_in_iam"] = refusal(lambda: execute(client(sk="wrong-too", project=None), "demo-succeeds"))
    control("POST", "/faults", {"action": "status", "status": 500, "operation": "ExecuteWorkflow"})
    seen["server_error"] = refusal(lambda: execute(aom, "demo-succeeds"))

    print(json.dumps(seen))


main()
