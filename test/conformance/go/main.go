// Drives the emulator's FunctionGraph, AOM and COC through the vendor's Go SDK and prints one line of JSON with what it saw.
// Usage: conformance URL   (an emulator with its demo account; its clock is moved through the control API)
// Nothing is judged here: functiongraphScenario.ts and cocScenario.ts have what every vendor's client must have seen.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/functiongraph/v2/model"
)

var emulatorURL = os.Args[1]

func main() {
	seen := object{}
	control("POST", "/clock", object{"rate": 0})
	graph := newFlows(account{accessKey, secretKey, project, ""})

	execution := graph.start("demo-fails", object{"n": 1, "text": "ä"}, object{"run-key": "k-1"})
	running := graph.show("demo-fails", execution, nil)
	seen["running"] = object{"status": running["status"], "nodes": nodes(running), "end_time": running["end_time"]}
	seen["echoed"] = list{running["input"], running["headers"], running["created_by"]}
	seen["page_running"] = statuses(graph.page("demo-fails"))
	advance(60_000)
	failed := graph.show("demo-fails", execution, nil)
	node := at(failed, "node_execution_details", 1, "executions", 0).(object)
	seen["failed"] = object{"status": failed["status"], "nodes": nodes(failed), "end_time": failed["end_time"] != ""}
	seen["node_duration"] = node["end_time"].(float64) - node["begin_time"].(float64)
	seen["error"] = strings.Split(at(node, "error_message", "detail").(string), "\n")[2]

	decoded(graph.client.RetryWorkFlow(&model.RetryWorkFlowRequest{WorkflowId: "demo-fails", ExecutionId: execution}))
	seen["page_retrying"] = statuses(graph.page("demo-fails"))
	seen["retried"] = nodes(graph.show("demo-fails", execution, nil))
	decoded(graph.client.StopWorkFlow(&model.StopWorkFlowRequest{WorkflowId: "demo-fails", ExecutionId: execution}))
	seen["stopped"] = graph.show("demo-fails", execution, nil)["status"]
	seen["listed"] = graph.canceled("demo-fails", execution)
	paged := graph.page("demo-fails")
	seen["paged"] = list{paged["total"], paged["size"], at(paged, "executions", 0, "execution_id") == execution}

	script("long", object{"nodes": list{object{"id": "a", "durationMs": 0, "output": object{"text": strings.Repeat("x", 3000)}}}})
	long := graph.start("long", object{}, nil)
	full := true
	seen["long"] = list{
		len(at(graph.show("long", long, nil), "output", "text").(string)),
		len(at(graph.show("long", long, &full), "output", "text").(string)),
	}

	control("POST", "/clock", object{"rate": 100})
	seen["sync"] = graph.sync("demo-express")
	script("express-fails", object{
		"attributes": object{"mode": "EXPRESS"},
		"nodes":      list{object{"id": "a", "durationMs": 0, "status": "fail", "log": "no memory"}},
	})
	seen["sync_failed"] = graph.sync("express-fails")
	control("POST", "/clock", object{"rate": 0})

	workflows(graph, seen)

	script("waits", object{"nodes": list{object{"id": "ask", "durationMs": 0, "pause": true}}})
	asking := graph.start("waits", object{}, nil)
	var output any = object{"by": "sdk"}
	answer := decoded(graph.client.CreateCallbackWorkflow(&model.CreateCallbackWorkflowRequest{
		WorkflowId:       "waits",
		XWorkflowRunId:   asking,
		XWorkflowStateId: "ask",
		Body: &model.CallbackWorkflowRequestBody{
			Result: model.GetCallbackWorkflowRequestBodyResultEnum().SUCCESS,
			Output: &output,
		},
	}))
	seen["called_back"] = list{answer["execution_id"] == asking, graph.show("waits", asking, nil)["output"]}

	metrics(graph, seen)
	refusals(graph, execution, seen)
	seen["aom"] = aom()
	seen["coc"] = cocSeen()

	line, err := json.Marshal(seen)
	check(err)
	fmt.Println(string(line))
}

func workflows(graph flows, seen object) {
	body := definition("made-by-sdk")
	made := decoded(graph.client.CreateWorkflow(&model.CreateWorkflowRequest{Body: &body}))
	seen["created"] = list{made["name"], made["workflow_urn"], made["enable_stream_response"]}
	id := made["id"].(string)
	body = definition("changed-by-sdk")
	seen["changed"] = decoded(graph.client.UpdateWorkFlow(&model.UpdateWorkFlowRequest{WorkflowId: id, Body: &body}))["name"]
	shown := decoded(graph.client.ShowWorkFlow(&model.ShowWorkFlowRequest{WorkflowId: id}))
	ids := list{}
	for _, state := range at(shown, "definition", "states").(list) {
		ids = append(ids, state.(object)["id"])
	}
	seen["shown"] = list{at(shown, "definition", "name"), at(shown, "definition", "mode"), ids}

	var input any = object{"n": 1}
	own := decoded(graph.client.StartWorkflowExecution(&model.StartWorkflowExecutionRequest{
		WorkflowId:     id,
		XWorkflowRunID: text(strings.Repeat("a", 32)),
		XCreateTime:    text("2025-01-01"),
		Body:           &model.FlowExecuteBody{Input: &input},
	}))
	advance(1000)
	seen["own_run"] = nodes(graph.show(id, own["execution_id"].(string), nil))

	limit, offset := int32(5), int32(0)
	found := decoded(graph.client.ListWorkflow(&model.ListWorkflowRequest{
		WorkflowName: text("by-sdk"), Limit: &limit, Offset: &offset, Mode: text("NORMAL"),
	}))
	names := list{}
	for _, flow := range found["workflows"].(list) {
		names = append(names, flow.(object)["name"])
	}
	seen["workflows"] = list{found["total"], names}

	urn := strings.Replace(made["workflow_urn"].(string), "made", "changed", 1)
	deleted := decoded(graph.client.BatchDeleteWorkflows(&model.BatchDeleteWorkflowsRequest{
		Body: &model.WorkflowDeleteBody{WorkflowUrns: []string{urn, "urn:none"}},
	}))
	seen["deleted"] = list{deleted["success"], list{at(deleted, "fail", 0, "workflow_urn")}}
}

func metrics(graph flows, seen object) {
	// The points end with the present minute, which is not over yet.
	advance(1000)
	metric := decoded(graph.client.ShowTenantMetric(&model.ShowTenantMetricRequest{
		Period: text("60"), MetricType: text("totalCount"),
	}))
	seen["metric"] = list{sum(metric["count"]) > 0, metric["fail_count"]}
	urn := "urn:fss:cn-north-4:" + project + ":workflow:default:waits:latest"
	one := decoded(graph.client.ShowWorkFlowMetric(&model.ShowWorkFlowMetricRequest{WorkflowUrn: urn, Period: text("60")}))
	seen["flow_metric"] = sum(one["count"])
}

func refusals(graph flows, execution string, seen object) {
	temporary := newFlows(account{
		"EMULATORTEMPORARY0001", "emulator-temporary-secret-0001", project, "emulator-security-token-0001",
	})
	seen["temporary_key"] = temporary.start("demo-succeeds", object{}, nil) != ""
	seen["project_looked_up"] = newFlows(account{accessKey, secretKey, "", ""}).start("demo-succeeds", object{}, nil) != ""

	// This SDK does not escape ids: only one without reserved characters reaches the service.
	seen["odd_id"] = graph.refusedStart("wf~1.x")
	seen["unknown_workflow"] = graph.refusedStart("no-such-flow")
	_, err := graph.client.ShowWorkflowExecution(&model.ShowWorkflowExecutionRequest{
		WorkflowId: "demo-fails", ExecutionId: "none",
	})
	seen["unknown_execution"] = refusal(err)
	_, err = graph.client.RetryWorkFlow(&model.RetryWorkFlowRequest{WorkflowId: "demo-fails", ExecutionId: execution})
	seen["retry_running"] = refusal(err)
	var input any = object{}
	_, err = graph.client.StartSyncWorkflowExecution(&model.StartSyncWorkflowExecutionRequest{
		WorkflowId: "demo-fails", Body: &model.FlowExecuteBody{Input: &input},
	})
	seen["sync_normal"] = refusal(err)
	seen["wrong_key"] = newFlows(account{accessKey, "wrong", project, ""}).refusedStart("demo-succeeds")
	other := account{accessKey, secretKey, strings.Repeat("f", 32), ""}
	seen["other_project"] = newFlows(other).refusedStart("demo-succeeds")
	control("POST", "/faults", object{"action": "status", "status": 500, "operation": "StartWorkflowExecution"})
	seen["server_error"] = graph.refusedStart("demo-succeeds")
}
