"""Drives the emulator's CloudFlow through the vendor's Python SDK, with both signatures, and prints one line of JSON.

Usage: alibaba_cloudflow.py URL   (an emulator with its demo account; its clock is moved through the control API)
Nothing is judged here: alibabaScenario.ts has what every client must have seen.
"""

import json
import time

from alibabacloud_fnf20190315 import models as m
from alibabacloud_fnf20190315.client import Client
from alibabacloud_tea_openapi.utils_models import Config
from darabonba.runtime import RuntimeOptions

from emulator import AK, SK, URL, advance, control

TEMPORARY = ("EMULATORTEMPORARY0001", "emulator-temporary-secret-0001", "emulator-security-token-0001")
DEFINITION = """Type: StateMachine
SpecVersion: v1
Name: {name}
StartAt: Approve
States:
  - Type: Task
    Name: Approve
    Action: MNS:SendMessage
    TaskMode: WaitForCustomCallback
    End: true
"""


def client(signature, ak=AK, sk=SK, security_token=None):
    config = Config(
        access_key_id=ak,
        access_key_secret=sk,
        security_token=security_token,
        protocol="http",
        endpoint=URL.removeprefix("http://"),
    )
    made = Client(config)
    # The product's own default is the legacy form; unset, the core signs with ACS3.
    made._signature_algorithm = "v2" if signature == "rpc" else None
    return made


def error(call):
    try:
        call()
    except Exception as problem:
        return [getattr(problem, "status_code", None), getattr(problem, "code", None), bool(getattr(problem, "data", None))]
    return "no error"


def names_of_all(fnf, flow, limit):
    names, token, pages = [], None, 0
    while True:
        page = fnf.list_executions(m.ListExecutionsRequest(flow_name=flow, limit=limit, next_token=token)).body
        names += [execution.name for execution in page.executions]
        pages += 1
        token = page.next_token
        if not token:
            return names, pages


def see(signature):
    fnf = client(signature)
    seen = {}

    def start(flow, name, text="{}"):
        request = m.StartExecutionRequest(flow_name=flow, execution_name=name, input=text)
        return fnf.start_execution(request).body

    def describe(flow, name, wait=None):
        request = m.DescribeExecutionRequest(flow_name=flow, execution_name=name, wait_time_seconds=wait)
        return fnf.describe_execution_with_options(request, RuntimeOptions(read_timeout=70000)).body

    def stop(flow, name):
        request = m.StopExecutionRequest(flow_name=flow, execution_name=name, error="E", cause="C")
        return fnf.stop_execution(request).body

    def history(flow, name):
        request = m.GetExecutionHistoryRequest(flow_name=flow, execution_name=name, limit=999)
        return fnf.get_execution_history(request).body.events

    name = f"run-{signature}"
    text = '{"k":"v ä~*+/&= %"}'
    started = start("demo-succeeds", name, text)
    seen["started"] = [started.name, started.flow_name, started.status, started.input]
    began = time.monotonic()
    ended = describe("demo-succeeds", name, 20)
    seen["long_poll"] = [ended.status, ended.output, 1.5 < time.monotonic() - began < 3]
    seen["repeated"] = error(lambda: start("demo-succeeds", name))

    start("demo-fails", name)
    advance(10_000)
    seen["failed"] = describe("demo-fails", name).status
    last = history("demo-fails", name)[-1]
    seen["failure"] = [last.type, json.loads(last.event_detail)["error"]]

    flow = f"paged-{signature}"
    control("PUT", f"/workflows/{flow}", {"service": "cloudflow", "nodes": [{"id": "a", "durationMs": 3600000}]})
    for number in range(7):
        start(flow, f"e{number}")
    seen["paged"] = list(names_of_all(fnf, flow, 3))
    seen["stopped"] = [stop(flow, "e3").status, describe(flow, "e3").status]
    seen["stopped_twice"] = error(lambda: stop(flow, "e3"))
    listed = fnf.list_executions(
        m.ListExecutionsRequest(
            flow_name=flow, status="Stopped", execution_name_prefix="e", metadata_only=True, limit=99
        )
    ).body.executions
    seen["filtered"] = [[execution.name, execution.status, execution.input] for execution in listed]

    sync = fnf.start_sync_execution(
        m.StartSyncExecutionRequest(flow_name="demo-express", execution_name="sync", input="{}")
    ).body
    seen["sync"] = [sync.name.split(":")[0], sync.status, sync.output]

    own = f"own-{signature}"
    created = fnf.create_flow(
        m.CreateFlowRequest(name=own, description="made here", type="FDL", definition=DEFINITION.format(name=own))
    ).body
    seen["created"] = [created.name, created.execution_mode, bool(created.id)]
    start(own, "e")
    advance(1000)
    execution = control("GET", f"/executions?workflowId={own}")["executions"][0]
    token = execution["nodes"][0]["taskToken"]
    reported = fnf.report_task_succeeded(m.ReportTaskSucceededRequest(task_token=token, output='{"ok":true}')).body
    seen["reported"] = [reported.event_id > 0, describe(own, "e").output]
    fnf.publish_flow_version(m.PublishFlowVersionRequest(flow_name=own))
    alias = fnf.create_flow_alias(
        m.CreateFlowAliasRequest(
            flow_name=own,
            name="live",
            routing_configurations=[m.CreateFlowAliasRequestRoutingConfigurations(version="1", weight=100)],
        )
    ).body
    seen["alias"] = [alias.name, [[one.version, one.weight] for one in alias.routing_configurations]]
    fnf.delete_flow(m.DeleteFlowRequest(name=own))
    seen["deleted"] = error(lambda: describe(own, "e"))

    seen["unknown_flow"] = error(lambda: start("none", "e"))
    seen["unknown_execution"] = error(lambda: describe("demo-slow", "none"))
    seen["unknown_key"] = error(lambda: client(signature, ak="NOBODY").list_flows(m.ListFlowsRequest()))
    seen["wrong_secret"] = error(lambda: client(signature, sk="wrong").list_flows(m.ListFlowsRequest()))
    ak, sk, security_token = TEMPORARY
    temporary = client(signature, ak, sk, security_token)
    seen["temporary_key"] = len(temporary.list_flows(m.ListFlowsRequest(limit=1)).body.flows)
    control("POST", "/faults", {"operation": "cloudflow:ListFlows", "action": "status", "status": 429})
    seen["throttled"] = error(lambda: fnf.list_flows(m.ListFlowsRequest()))
    control("POST", "/faults", {"operation": "cloudflow:ListFlows", "action": "status", "status": 500})
    seen["server_error"] = error(lambda: fnf.list_flows(m.ListFlowsRequest()))
    return seen


print(json.dumps({signature: see(signature) for signature in ("rpc", "acs3")}))
