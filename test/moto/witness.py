"""Serves Step Functions by moto, and does by boto3 what people do beside the provider: one line of JSON in, one out."""

import json
import socket
import sys
import threading
import time
import urllib.request

import boto3
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]
server = make_server("127.0.0.1", port, DomainDispatcherApplication(create_backend_app), threaded=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{port}"

# Without it nothing ever ends.
execute = json.dumps({"stepfunctions": {"execute_state_machine": True}}).encode()
headers = {"content-type": "application/json"}
urllib.request.urlopen(urllib.request.Request(f"{url}/moto-api/config", execute, headers, method="POST")).read()

session = boto3.Session(aws_access_key_id="AKIAWITNESS", aws_secret_access_key="witness", region_name="us-east-1")
states = session.client("stepfunctions", endpoint_url=url)
iam = session.client("iam", endpoint_url=url)


def executions(arn):
    pages = states.get_paginator("list_executions").paginate(stateMachineArn=arn)
    rows = [row for page in pages for row in page["executions"]]
    return [{"name": row["name"], "status": row["status"]} for row in rows]


OPERATIONS = (
    "StartExecution",
    "StartSyncExecution",
    "DescribeExecution",
    "ListExecutions",
    "StopExecution",
    "GetExecutionHistory",
    "RedriveExecution",
)


def limits_of(shape):
    return {key: shape.metadata[key] for key in ("min", "max", "pattern", "enum") if key in shape.metadata}


def model_in_use():
    """What the vendor's service model says of the operations in use."""
    whole = states.meta.service_model
    operations = {}
    for name in OPERATIONS:
        operation = whole.operation_model(name)
        members = operation.input_shape.members.items()
        operations[name] = {
            "hostPrefix": (operation.endpoint or {}).get("hostPrefix", ""),
            "parameters": {key: limits_of(shape) for key, shape in members},
            "required": operation.input_shape.required_members,
            "answer": list(operation.output_shape.members),
            "alwaysInAnswer": operation.output_shape.required_members,
            "errors": sorted(shape.name for shape in operation.error_shapes),
        }
    return {
        "operations": operations,
        "statuses": whole.shape_for("ExecutionStatus").enum,
        "syncStatuses": whole.shape_for("SyncExecutionStatus").enum,
        "eventTypes": whole.shape_for("HistoryEventType").enum,
    }


def parsed(ask):
    """An answer as the vendor's own client reads it; times as seconds."""
    shape = states.meta.service_model.operation_model(ask["operation"]).output_shape
    answer = {"status_code": 200, "headers": {}, "body": ask["body"].encode()}
    read = states._response_parser.parse(answer, shape)
    read.pop("ResponseMetadata")
    return json.loads(json.dumps(read, default=lambda time: time.timestamp()))


def perform(ask):
    kind = ask["ask"]
    if kind == "create":
        role = "arn:aws:iam::123456789012:role/runs-state-machines"
        made = states.create_state_machine(name=ask["name"], definition=json.dumps(ask["definition"]), roleArn=role)
        return made["stateMachineArn"]
    if kind == "executions":
        return executions(ask["arn"])
    if kind == "start":
        return states.start_execution(stateMachineArn=ask["arn"], name=ask["name"], input=ask["input"])["executionArn"]
    if kind == "describe":
        found = states.describe_execution(executionArn=ask["arn"])
        return {key: found.get(key) for key in ("name", "status", "input", "output", "error", "cause")}
    if kind == "history":
        events = states.get_execution_history(executionArn=ask["arn"], maxResults=1000)["events"]
        return [event["type"] for event in events]
    if kind == "serialize":
        model = states.meta.service_model.operation_model(ask["operation"])
        made = states._serializer.serialize_to_request(ask["parameters"], model)
        body = made["body"]
        endpoint = model.endpoint or {}
        return {
            "body": body.decode() if isinstance(body, bytes) else body,
            "headers": dict(made["headers"]),
            "path": made["url_path"],
            "hostPrefix": endpoint.get("hostPrefix", ""),
        }
    if kind == "model":
        return model_in_use()
    if kind == "parse":
        return parsed(ask)
    if kind == "role":
        trust = {"Version": "2012-10-17", "Statement": []}
        return iam.create_role(RoleName=ask["name"], AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    raise ValueError(kind)


print(json.dumps({"url": url}), flush=True)
for line in sys.stdin:
    try:
        answer = {"answer": perform(json.loads(line))}
    except Exception as error:  # told to whoever asked
        answer = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), flush=True)
