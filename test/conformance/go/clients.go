// The vendor's clients for FunctionGraph and AOM, and the emulator's control API, in the short forms that main.go uses.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/auth/basic"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/region"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/sdkerr"
	aomclient "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/aom/v1"
	aommodel "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/aom/v1/model"
	functiongraph "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/functiongraph/v2"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/functiongraph/v2/model"
)

const (
	project   = "0123456789abcdef0123456789abcdef"
	accessKey = "EMULATORACCESSKEY0001"
	secretKey = "emulator-secret-key-0001"
)

type object = map[string]any
type list = []any

type account struct{ ak, sk, project, securityToken string }

type flows struct {
	client *functiongraph.FunctionGraphClient
}

func (one account) credentials() *basic.Credentials {
	builder := basic.NewCredentialsBuilder().WithAk(one.ak).WithSk(one.sk).WithIamEndpointOverride(emulatorURL)
	if one.project != "" {
		builder = builder.WithProjectId(one.project)
	}
	if one.securityToken != "" {
		builder = builder.WithSecurityToken(one.securityToken)
	}
	credentials, err := builder.SafeBuild()
	check(err)
	return credentials
}

// With a project id, or without: the SDK then looks it up in IAM by the region's name.
func newFlows(one account) flows {
	builder := functiongraph.FunctionGraphClientBuilder().WithCredential(one.credentials())
	if one.project == "" {
		builder = builder.WithRegion(region.NewRegion("cn-north-4", emulatorURL))
	} else {
		builder = builder.WithEndpoints([]string{emulatorURL})
	}
	client, err := builder.SafeBuild()
	check(err)
	return flows{functiongraph.NewFunctionGraphClient(client)}
}

func (graph flows) start(flow string, input any, headers any) string {
	body := &model.FlowExecuteBody{Input: &input}
	if headers != nil {
		body.Headers = &headers
	}
	request := &model.StartWorkflowExecutionRequest{WorkflowId: flow, Body: body}
	return decoded(graph.client.StartWorkflowExecution(request))["execution_id"].(string)
}

func (graph flows) refusedStart(flow string) any {
	var input any = object{}
	_, err := graph.client.StartWorkflowExecution(&model.StartWorkflowExecutionRequest{
		WorkflowId: flow, Body: &model.FlowExecuteBody{Input: &input},
	})
	return refusal(err)
}

func (graph flows) show(flow string, execution string, full *bool) object {
	return decoded(graph.client.ShowWorkflowExecution(&model.ShowWorkflowExecutionRequest{
		WorkflowId: flow, ExecutionId: execution, XGetWorkflowFullHistoryData: full,
	}))
}

func (graph flows) page(flow string) object {
	return decoded(graph.client.ShowWorkflowExecutionForPage(&model.ShowWorkflowExecutionForPageRequest{
		WorkflowId: flow, Offset: 0, Limit: 10,
	}))
}

func (graph flows) canceled(flow string, execution string) list {
	limit, offset := int32(10), int32(0)
	status := model.GetListWorkflowExecutionsRequestStatusEnum().CANCEL
	answer := decoded(graph.client.ListWorkflowExecutions(&model.ListWorkflowExecutionsRequest{
		WorkflowId: flow, Limit: &limit, Offset: &offset, Status: &status,
	}))
	found := list{}
	for _, item := range answer["executions"].(list) {
		one := item.(object)
		found = append(found, list{one["execution_id"] == execution, one["status"], one["created_by"]})
	}
	return found
}

func (graph flows) sync(flow string) object {
	var input any = object{}
	answer := decoded(graph.client.StartSyncWorkflowExecution(&model.StartSyncWorkflowExecutionRequest{
		WorkflowId: flow, Body: &model.FlowExecuteBody{Input: &input},
	}))
	errors := list{}
	for _, item := range answer["errors"].(list) {
		errors = append(errors, list{item.(object)["node_id"], item.(object)["error_message"]})
	}
	return object{
		"status": answer["status"], "output": answer["output"], "errors": errors,
		"has_id": answer["execution_id"] != "",
	}
}

func definition(name string) model.WorkflowCreateBody {
	var nothing any = object{}
	mode := model.GetWorkflowCreateBodyModeEnum().NORMAL
	sequential := model.GetOperationStateActionModeEnum().SEQUENTIAL
	synchronize := model.GetFunctionRefInvokeModeEnum().SYNCHRONIZE
	states := []model.OperationState{}
	functions := []model.Function{}
	for index, one := range []string{"a", "b"} {
		functions = append(functions, model.Function{Name: one, Operation: "urn:fss:function:" + one})
		states = append(states, model.OperationState{
			Id: one, Name: one, Type: model.GetOperationStateTypeEnum().OPERATION,
			End: index == 1, Transition: []string{"b", ""}[index], ActionMode: &sequential,
			Actions: []model.Action{{FunctionRef: &model.FunctionRef{
				RefName: one, InvokeMode: &synchronize, Arguments: &nothing,
			}}},
		})
	}
	return model.WorkflowCreateBody{
		Name: name, Start: "a", Functions: functions, States: states, Constants: &nothing,
		Retries: []model.Retry{}, Mode: &mode,
	}
}

// AOM's answers over a run that fails and a run that is stopped.
func aom() any {
	client, err := aomclient.AomClientBuilder().
		WithCredential(account{accessKey, secretKey, project, ""}.credentials()).
		WithEndpoints([]string{emulatorURL}).SafeBuild()
	check(err)
	service := aomclient.NewAomClient(client)
	run := func(workflow string) string {
		request := &aommodel.ExecuteWorkflowRequest{WorkflowId: workflow}
		return decoded(service.ExecuteWorkflow(request))["execution_id"].(string)
	}
	status := func(workflow string, execution string) any {
		return decoded(service.SearchWorkflowExecutionDetail(&aommodel.SearchWorkflowExecutionDetailRequest{
			WorkflowId: workflow, ExecutionId: execution,
		}))["status"]
	}
	failing, slow := run("demo-fails"), run("demo-slow")
	_, err = service.StopExecution(&aommodel.StopExecutionRequest{WorkflowId: "demo-slow", ExecutionId: slow})
	check(err)
	advance(60_000)
	listed := decoded(service.ListWorkflowExecutions(&aommodel.ListWorkflowExecutionsRequest{WorkflowId: "demo-fails"}))
	return list{status("demo-fails", failing), status("demo-slow", slow), len(listed["body"].(list))}
}

// The answer as the SDK has understood it, as JSON; ends the program where there is an error.
func decoded[T any](answer T, err error) object {
	check(err)
	data, err := json.Marshal(answer)
	check(err)
	made := object{}
	check(json.Unmarshal(data, &made))
	return made
}

func refusal(err error) any {
	var refused *sdkerr.ServiceResponseError
	if errors.As(err, &refused) {
		return list{refused.StatusCode, refused.ErrorCode}
	}
	return fmt.Sprint(err)
}

func nodes(answer object) list {
	all := list{}
	for _, item := range answer["node_execution_details"].(list) {
		node := list{item.(object)["node_id"]}
		for _, execution := range item.(object)["executions"].(list) {
			node = append(node, execution.(object)["status"])
		}
		all = append(all, node)
	}
	return all
}

func statuses(page object) list {
	all := list{}
	for _, item := range page["executions"].(list) {
		all = append(all, item.(object)["status"])
	}
	return all
}

func sum(points any) float64 {
	total := 0.0
	for _, point := range points.(list) {
		total += point.(object)["value"].(float64)
	}
	return total
}

// Follows names and positions into JSON.
func at(value any, path ...any) any {
	for _, key := range path {
		switch step := key.(type) {
		case string:
			value = value.(object)[step]
		case int:
			value = value.(list)[step]
		}
	}
	return value
}

func text(value string) *string { return &value }

func advance(ms int) { control("POST", "/clock", object{"advanceMs": ms}) }

func script(flow string, body object) {
	body["service"] = "functiongraph"
	control("PUT", "/workflows/"+flow, body)
}

func control(method string, path string, body object) {
	data, err := json.Marshal(body)
	check(err)
	request, err := http.NewRequest(method, emulatorURL+"/_emulator"+path, bytes.NewReader(data))
	check(err)
	answer, err := http.DefaultClient.Do(request)
	check(err)
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		said, _ := io.ReadAll(answer.Body)
		check(errors.New(string(said)))
	}
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
