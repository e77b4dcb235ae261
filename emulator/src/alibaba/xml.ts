/** The XML form of an answer: the default of the legacy form of a request, unless the request asks for JSON. */
import type { Reply } from "../http/exchange";
import { isJsonObject } from "../ground/jsonShape";

/** The same answer in XML. */
export function xmlReply(action: string, reply: Reply): Reply {
  const root = reply.status < 300 ? `${action}Response` : "Error";
  const body = `<?xml version='1.0' encoding='UTF-8'?><${root}>${element(JSON.parse(reply.body))}</${root}>`;
  return { ...reply, headers: { ...reply.headers, "content-type": "text/xml;charset=utf-8" }, body };
}

function element(value: unknown): string {
  if (!isJsonObject(value)) return escape(String(value));
  return Object.entries(value)
    .map(([name, inner]) => {
      const items: readonly unknown[] = Array.isArray(inner) ? inner : [inner];
      return items.map((item) => `<${name}>${element(item)}</${name}>`).join("");
    })
    .join("");
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
