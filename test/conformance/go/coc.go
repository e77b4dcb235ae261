// The vendor's client for COC: the same calls as huawei_coc.py makes, and what they have given.
package main

import (
	"strings"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/auth"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/auth/global"
	cocclient "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/coc/v1"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/coc/v1/model"
)

type jobs struct {
	client *cocclient.CocClient
}

func newJobs(credentials auth.ICredential) jobs {
	client, err := cocclient.CocClientBuilder().
		WithCredential(credentials).WithEndpoints([]string{emulatorURL}).SafeBuild()
	check(err)
	return jobs{cocclient.NewCocClient(client)}
}

// For an account as a whole; without its id the SDK looks that up in IAM.
func forAccount(ak string, sk string, domain string, securityToken string) auth.ICredential {
	builder := global.NewCredentialsBuilder().WithAk(ak).WithSk(sk).WithIamEndpointOverride(emulatorURL)
	if domain != "" {
		builder = builder.WithDomainId(domain)
	}
	if securityToken != "" {
		builder = builder.WithSecurityToken(securityToken)
	}
	credentials, err := builder.SafeBuild()
	check(err)
	return credentials
}

func (coc jobs) start(document string, body model.ExecuteDocumentRequestBody) string {
	request := &model.ExecuteDocumentRequest{DocumentId: document, Body: &body}
	return decoded(coc.client.ExecuteDocument(request))["data"].(string)
}

func (coc jobs) refusedStart(document string) any {
	_, err := coc.client.ExecuteDocument(&model.ExecuteDocumentRequest{
		DocumentId: document, Body: &model.ExecuteDocumentRequestBody{},
	})
	return refusal(err)
}

func (coc jobs) show(execution string) any {
	return decoded(coc.client.GetExecution(&model.GetExecutionRequest{ExecutionId: execution}))["data"]
}

func (coc jobs) status(execution string) any { return coc.show(execution).(object)["status"] }

func (coc jobs) steps(request model.ListExecutionStepsRequest) object {
	return decoded(coc.client.ListExecutionSteps(&request))
}

func (coc jobs) operate(execution string, operation string) error {
	_, err := coc.client.OperateExecution(&model.OperateExecutionRequest{
		Body: &model.OperateExecutionRequestBody{ExecutionId: execution, OperateType: operation},
	})
	return err
}

func cocSeen() object {
	seen := object{}
	coc := newJobs(forAccount(accessKey, secretKey, "", ""))
	execution := coc.start("demo-fails", model.ExecuteDocumentRequestBody{
		Parameters:  &[]model.ExecuteDocumentRequestBodyParameters{{Key: text("release"), Value: text("ä 7")}},
		Description: text("patch"),
		Version:     text("v1"),
	})
	ofExecution := model.ListExecutionStepsRequest{ExecutionId: execution}
	running := coc.show(execution).(object)
	seen["started"] = list{strings.HasPrefix(execution, "EX"), running["execution_id"] == execution}
	seen["running"] = list{running["status"], running["end_time"], brief(coc.steps(ofExecution))}
	seen["echoed"] = list{running["parameters"], running["description"], running["creator"], running["type"]}
	advance(60_000)
	failed := coc.show(execution).(object)
	took := failed["end_time"].(float64) - failed["start_time"].(float64)
	seen["failed"] = list{failed["status"], took, brief(coc.steps(ofExecution))}
	seen["message"] = strings.Split(at(coc.steps(ofExecution), "data", 1, "message").(string), "\n")[2]
	limit, offset := int32(1), int64(1)
	one := coc.steps(model.ListExecutionStepsRequest{ExecutionId: execution, Limit: &limit, Offset: &offset})
	seen["one_step"] = list{brief(one), one["total"]}
	step := at(one, "data", 0).(object)
	chosen := []string{step["execution_step_id"].(string)}
	seen["chosen_step"] = brief(coc.steps(model.ListExecutionStepsRequest{
		ExecutionId: execution, ExecutionStepIdList: &chosen,
	}))
	seen["step"] = list{step["action"], pairs(step["inputs"]), step["end_time"].(float64) - step["start_time"].(float64)}

	check(coc.operate(execution, "RETRY"))
	seen["retried"] = coc.status(execution)
	check(coc.operate(execution, "TERMINATE"))
	seen["stopped"] = coc.status(execution)

	done := coc.start("demo-succeeds", model.ExecuteDocumentRequestBody{})
	advance(60_000)
	outputs := at(coc.steps(model.ListExecutionStepsRequest{ExecutionId: done}), "data", 2, "outputs")
	seen["output"] = list{coc.status(done), pairs(outputs)}

	control("PUT", "/workflows/asks", object{
		"service": "coc", "nodes": list{object{"id": "ask", "durationMs": 0, "pause": true}},
	})
	asking := coc.start("asks", model.ExecuteDocumentRequestBody{})
	seen["suspended"] = coc.status(asking)
	check(coc.operate(asking, "RESUME"))
	seen["resumed"] = coc.status(asking)

	values := []string{"a", "b"}
	shown := coc.show(coc.start("demo-slow", model.ExecuteDocumentRequestBody{
		TargetParameterName: text("hosts"),
		Targets:             &[]model.ExecuteDocumentRequestBodyTargets{{Key: text("BatchValues"), Values: &values}},
	})).(object)
	seen["targets"] = list{shown["type"], shown["target_parameter_name"], shown["targets"]}

	cocLists(coc, execution, seen)
	cocRefusals(coc, execution, seen)
	return seen
}

func cocLists(coc jobs, execution string, seen object) {
	limit, two, offset, isTop := int32(10), int32(2), int64(1), true
	listed := decoded(coc.client.ListExecutions(&model.ListExecutionsRequest{
		DocumentId: text("demo-fails"), Limit: &limit, ExcludeChildExecutions: &isTop,
	}))
	first := at(listed, "data", 0).(object)
	seen["listed"] = list{
		listed["total"], first["execution_id"] == execution, first["status"], first["description"], first["creator"],
	}
	every := decoded(coc.client.ListExecutions(&model.ListExecutionsRequest{Limit: &two, Offset: &offset}))
	documents := list{}
	for _, item := range every["data"].(list) {
		documents = append(documents, item.(object)["document_id"])
	}
	seen["page"] = list{every["total"], documents}
	began := int64(first["start_time"].(float64))
	seen["later"] = decoded(coc.client.ListExecutions(&model.ListExecutionsRequest{StartTime: &began}))["total"]

	shown := decoded(coc.client.GetDocument(&model.GetDocumentRequest{DocumentId: "demo-slow"}))
	seen["document"] = at(shown, "data", "name")
	found := decoded(coc.client.ListDocuments(&model.ListDocumentsRequest{NameLike: text("demo-s")}))
	seen["documents"] = at(found, "body", "total")
}

func cocRefusals(coc jobs, execution string, seen object) {
	ofProject := newJobs(account{accessKey, secretKey, project, ""}.credentials())
	seen["by_project"] = ofProject.start("demo-succeeds", model.ExecuteDocumentRequestBody{}) != ""
	temporary := newJobs(forAccount(
		"EMULATORTEMPORARY0001", "emulator-temporary-secret-0001", "", "emulator-security-token-0001",
	))
	seen["temporary_key"] = temporary.start("demo-succeeds", model.ExecuteDocumentRequestBody{}) != ""

	seen["unknown_execution"] = coc.show("EX-none")
	seen["unknown_steps"] = coc.steps(model.ListExecutionStepsRequest{ExecutionId: "EX-none"})["total"]
	seen["unknown_document"] = coc.refusedStart("none")
	seen["stop_ended"] = refusal(coc.operate(execution, "TERMINATE"))
	seen["wrong_operation"] = refusal(coc.operate(execution, "STOP"))
	another := strings.Repeat("f", 32)
	seen["wrong_key"] = newJobs(forAccount(accessKey, "wrong", another, "")).refusedStart("demo-succeeds")
	seen["other_account"] = newJobs(forAccount(accessKey, secretKey, another, "")).refusedStart("demo-succeeds")
	control("POST", "/faults", object{"action": "status", "status": 500, "operation": "ExecuteDocument"})
	seen["server_error"] = coc.refusedStart("demo-succeeds")
}

func brief(answer object) list {
	all := list{}
	for _, item := range answer["data"].(list) {
		all = append(all, list{item.(object)["name"], item.(object)["status"]})
	}
	return all
}

func pairs(values any) list {
	all := list{}
	for _, item := range values.(list) {
		all = append(all, list{item.(object)["key"], item.(object)["value"]})
	}
	return all
}
