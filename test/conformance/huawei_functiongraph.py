"""Drives the emulator's FunctionGraph through the vendor's Python SDK and prints one line of JSON with what it saw.

Usage: huawei_functiongraph.py URL   (an emulator with its demo account; its clock is moved through the control API)
Nothing is judged here: functiongraphScenario.ts has what every vendor's client must have seen.
"""

import json

from huaweicloudsdkcore.exceptions import exceptions
from huaweicloudsdkfunctiongraph.v2 import (
    Action,
    BatchDeleteWorkflowsRequest,
    CallbackWorkflowRequestBody,
    CreateCallbackWorkflowRequest,
    CreateWorkflowRequest,
    FlowExecuteBody,
    Function,
    FunctionGraphClient,
    FunctionRef,
    ListWorkflowExecutionsRequest,
    ListWorkflowRequest,
    OperationState,
    RetryWorkFlowRequest,
    ShowTenantMetricRequest,
    ShowWorkflowExecutionForPageRequest,
    ShowWorkflowExecutionRequest,
    ShowWorkFlowMetricRequest,
    ShowWorkFlowRequest,
    StartSyncWorkflowExecutionRequest,
    StartWorkflowExecutionRequest,
    StopWorkFlowRequest,
    UpdateWorkFlowRequest,
    WorkflowCreateBody,
    WorkflowDeleteBody,
)

from emulator import advance, control
from huawei_client import PROJECT, build


def client(*key, **how):
    return build(FunctionGraphClient, *key, **how)


def start(graph, flow, input=None, headers=None, **more):
    body = FlowExecuteBody(input=input or {}, headers=headers)
    return graph.start_workflow_execution(
        StartWorkflowExecutionRequest(workflow_id=flow, body=body, **more)
    ).execution_id


def show(graph, flow, execution, full=None):
    request = ShowWorkflowExecutionRequest(
        workflow_id=flow, execution_id=execution, x_get_workflow_full_history_data=full
    )
    return graph.show_workflow_execution(request)


def nodes(answer):
    return [
        [node.node_id] + [execution.status for execution in node.executions]
        for node in answer.node_execution_details
    ]


def sync(graph, flow):
    answer = graph.start_sync_workflow_execution(
        StartSyncWorkflowExecutionRequest(workflow_id=flow, body=FlowExecuteBody(input={}))
    )
    errors = [[error.node_id, error.error_message] for error in answer.errors]
    return {"status": answer.status, "output": answer.output, "errors": errors, "has_id": bool(answer.execution_id)}


def definition(name):
    states = [
        OperationState(
            id=one,
            name=one,
            type="Operation",
            end=one == "b",
            transition="b" if one == "a" else "",
            action_mode="sequential",
            actions=[Action(function_ref=FunctionRef(ref_name=one, invoke_mode="synchronize", arguments={}))],
        )
        for one in ("a", "b")
    ]
    functions = [Function(name=one, operation="urn:fss:function:" + one) for one in ("a", "b")]
    return WorkflowCreateBody(
        name=name, start="a", functions=functions, states=states, constants={}, retries=[], mode="NORMAL"
    )


def refusal(call):
    try:
        call()
    except exceptions.SdkException as error:
        return [getattr(error, "status_code", None), getattr(error, "error_code", None)]
    return None


def main():
    seen = {}
    control("POST", "/clock", {"rate": 0})
    graph = client()

    execution = start(graph, "demo-fails", {"n": 1, "text": "ä"}, {"run-key": "k-1"})
    running = show(graph, "demo-fails", execution)
    seen["running"] = {"status": running.status, "nodes": nodes(running), "end_time": running.end_time}
    seen["echoed"] = [running.input, running.headers, running.created_by]
    page = ShowWorkflowExecutionForPageRequest(workflow_id="demo-fails", offset=0, limit=10)
    seen["page_running"] = [item.status for item in graph.show_workflow_execution_for_page(page).executions]
    advance(60_000)
    failed = show(graph, "demo-fails", execution)
    node = failed.node_execution_details[1].executions[0]
    seen["failed"] = {"status": failed.status, "nodes": nodes(failed), "end_time": failed.end_time != ""}
    seen["node_duration"] = node.end_time - node.begin_time
    seen["error"] = node.error_message["detail"].splitlines()[2]

    graph.retry_work_flow(RetryWorkFlowRequest(workflow_id="demo-fails", execution_id=execution))
    seen["page_retrying"] = [item.status for item in graph.show_workflow_execution_for_page(page).executions]
    seen["retried"] = nodes(show(graph, "demo-fails", execution))
    graph.stop_work_flow(StopWorkFlowRequest(workflow_id="demo-fails", execution_id=execution))
    seen["stopped"] = show(graph, "demo-fails", execution).status

    listing = ListWorkflowExecutionsRequest(workflow_id="demo-fails", limit=10, offset=0, status="cancel")
    seen["listed"] = [
        [item.execution_id == execution, item.status, item.created_by]
        for item in graph.list_workflow_executions(listing).executions
    ]
    paged = graph.show_workflow_execution_for_page(page)
    seen["paged"] = [paged.total, paged.size, paged.executions[0].execution_id == execution]

    text = "x" * 3000
    control(
        "PUT",
        "/workflows/long",
        {"service": "functiongraph", "nodes": [{"id": "a", "durationMs": 0, "output": {"text": text}}]},
    )
    long = start(graph, "long")
    seen["long"] = [len(show(graph, "long", long, full).output["text"]) for full in (None, True)]

    control("POST", "/clock", {"rate": 100})
    seen["sync"] = sync(graph, "demo-express")
    failing = {"id": "a", "durationMs": 0, "status": "fail", "log": "no memory"}
    express = {"service": "functiongraph", "attributes": {"mode": "EXPRESS"}, "nodes": [failing]}
    control("PUT", "/workflows/express-fails", express)
    seen["sync_failed"] = sync(graph, "express-fails")
    control("POST", "/clock", {"rate": 0})

    made = graph.create_workflow(CreateWorkflowRequest(body=definition("made-by-sdk")))
    seen["created"] = [made.name, made.workflow_urn, made.enable_stream_response]
    changed = graph.update_work_flow(UpdateWorkFlowRequest(workflow_id=made.id, body=definition("changed-by-sdk")))
    seen["changed"] = changed.name
    shown = graph.show_work_flow(ShowWorkFlowRequest(workflow_id=made.id)).definition
    seen["shown"] = [shown.name, shown.mode, [state.id for state in shown.states]]
    own = start(graph, made.id, {"n": 1}, x_workflow_run_id="a" * 32, x_create_time="2025-01-01")
    advance(1000)
    seen["own_run"] = nodes(show(graph, made.id, own))
    found = graph.list_workflow(ListWorkflowRequest(workflow_name="by-sdk", limit=5, offset=0, mode="NORMAL"))
    seen["workflows"] = [found.total, [item.name for item in found.workflows]]
    urns = [made.workflow_urn.replace("made", "changed"), "urn:none"]
    deleted = graph.batch_delete_workflows(BatchDeleteWorkflowsRequest(body=WorkflowDeleteBody(workflow_urns=urns)))
    seen["deleted"] = [deleted.success, [item.workflow_urn for item in deleted.fail]]

    waiting = [{"id": "ask", "durationMs": 0, "pause": True}]
    control("PUT", "/workflows/waits", {"service": "functiongraph", "nodes": waiting})
    asking = start(graph, "waits")
    answer = graph.create_callback_workflow(
        CreateCallbackWorkflowRequest(
            workflow_id="waits",
            x_workflow_run_id=asking,
            x_workflow_state_id="ask",
            body=CallbackWorkflowRequestBody(result="success", output={"by": "sdk"}),
        )
    )
    seen["called_back"] = [answer.execution_id == asking, show(graph, "waits", asking).output]

    # The points end with the present minute, which is not over yet.
    advance(1000)
    metric = graph.show_tenant_metric(ShowTenantMetricRequest(period="60", metric_type="totalCount"))
    seen["metric"] = [sum(point.value for point in metric.count) > 0, metric.fail_count]
    urn = "urn:fss:cn-north-4:" + PROJECT + ":workflow:default:waits:latest"
    one = graph.show_work_flow_metric(ShowWorkFlowMetricRequest(workflow_urn=urn, period="60"))
    seen["flow_metric"] = sum(point.value for point in one.count)

    temporary = client(
        "EMULATORTEMPORARY0001", "emulator-temporary-secret-0001", security_token="emulator-security-token-0001"
    )
    seen["temporary_key"] = bool(start(temporary, "demo-succeeds"))
    seen["project_looked_up"] = bool(start(client(project=None), "demo-succeeds"))

    seen["odd_id"] = refusal(lambda: start(graph, "wf 1~x(ä)"))
    seen["unknown_workflow"] = refusal(lambda: start(graph, "no-such-flow"))
    seen["unknown_execution"] = refusal(lambda: show(graph, "demo-fails", "none"))
    seen["retry_running"] = refusal(
        lambda: graph.retry_work_flow(RetryWorkFlowRequest(workflow_id="demo-fails", execution_id=execution))
    )
    seen["sync_normal"] = refusal(lambda: sync(graph, "demo-fails"))
    seen["wrong_key"] = refusal(lambda: start(client(sk="wrong"), "demo-succeeds"))
    seen["other_project"] = refusal(lambda: start(client(project="f" * 32), "demo-succeeds"))
    control("POST", "/faults", {"action": "status", "status": 500, "operation": "StartWorkflowExecution"})
    seen["server_error"] = refusal(lambda: start(graph, "demo-succeeds"))

    print(json.dumps(seen))


main()
