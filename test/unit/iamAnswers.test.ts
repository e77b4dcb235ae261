/** IAM's answers are believed where they answer the question: their ids become a part of every address. */
import { stackSettingWords } from "../../provider/src/fronts/shared/settingWords";
import { parseProject, parseToken } from "../../provider/src/services/huawei/iam";
import { ConfigurationError } from "../../provider/src/ground/errors";
import type { HttpAnswer } from "../../provider/src/http/request";

const request = { operation: "Ask", method: "GET", url: "https://iam.example" };
const answerOf = (body: unknown, headers: Record<string, string> = {}): HttpAnswer => ({
  status: 200,
  header: (name) => headers[name],
  text: JSON.stringify(body),
});
const id = "0123456789abcdef0123456789abcdef";
const bad = ["", ".", "..", "a/b", "a\nb", "\ud83d", "x".repeat(65), 7, null, {}];

describe("the project of a region", () => {
  const projectIn = (projects: unknown): string =>
    parseProject(answerOf({ projects }), request, { value: "cn-north-4", source: "here" }, stackSettingWords)
      .id;

  test("is the one of that name", () => {
    expect(projectIn([{ id, name: "cn-north-4" }])).toBe(id);
    expect(projectIn([{ id }])).toBe(id);
  });

  test("is none of those that nobody asked for", () => {
    const others = [
      { id: "a", name: "cn-south-1" },
      { id, name: "cn-north-4" },
    ];
    expect(projectIn(others)).toBe(id);
    expect(() => projectIn([{ id: "a", name: "cn-south-1" }])).toThrow(ConfigurationError);
  });

  test.each(bad.map((value) => [value]))("has an id that can stand in an address, not %j", (value) => {
    expect(() => projectIn([{ id: value, name: "cn-north-4" }])).toThrow(ConfigurationError);
  });
});

test.each(bad.map((value) => [value]))("a token says nothing of a project with the id %j", (value) => {
  const token = { expires_at: "2030-01-01T00:00:00Z", project: { id: value } };
  const parsed = parseToken(answerOf({ token }, { "x-subject-token": "t" }), request);
  expect(parsed.value.project?.id).toBeUndefined();
});

test.each([[undefined], [null], [{}], [{ toString: 1, valueOf: 1 }], ["tomorrow"]])(
  "a token that ends at %j is refused in our words",
  (expiresAt) => {
    const answer = answerOf({ token: { expires_at: expiresAt } }, { "x-subject-token": "t" });
    expect(() => parseToken(answer, request)).toThrow(/without a time of expiry/);
  },
);
