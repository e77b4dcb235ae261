// A forward proxy in a process of its own, as companies have them: CONNECT for https, the absolute form for http.
// Usage: node forwardProxy.mjs OPTIONS   (JSON: see ProxyOptions in proxyProcess.ts)
// Prints one line of JSON when it listens, then one for each request that it gets.
import { createServer, request as forward } from "node:http";
import { connect } from "node:net";

const { mode = "normal", status = 502, user, routes = {} } = JSON.parse(process.argv[2] ?? "{}");
const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
const wanted = user === undefined ? undefined : `Basic ${Buffer.from(user).toString("base64")}`;

/** The proxy's decision about a request: "pass", "hang", "close", or the status with which it refuses. */
function verdictOn({ method, url, headers }) {
  const isAllowed = wanted === undefined || headers["proxy-authorization"] === wanted;
  const verdict = !isAllowed ? 407 : mode === "normal" ? "pass" : mode === "refuse" ? status : mode;
  say({ method, target: url, headers, verdict });
  return verdict;
}

/** The real address of a host: tests name hosts that no name server knows. */
function placeOf(authority, defaultPort) {
  const { hostname, port } = new URL(`http://${routes[authority] ?? authority}`);
  return { host: hostname.replace(/^\[|\]$/g, ""), port: Number(port || defaultPort) };
}

const server = createServer((request, response) => {
  const verdict = verdictOn(request);
  if (verdict === "hang") return;
  if (verdict === "close") {
    request.socket.destroy();
    return;
  }
  if (verdict !== "pass" && verdict !== "closeAfter") {
    response.writeHead(verdict, { "content-type": "text/html", "proxy-authenticate": "Basic" });
    response.end("<html>the proxy refuses</html>");
    return;
  }
  const target = new URL(request.url);
  const headers = { ...request.headers };
  delete headers["proxy-authorization"];
  const onward = forward(
    {
      ...placeOf(target.host, 80),
      method: request.method,
      path: target.pathname + target.search,
      headers,
      agent: false,
    },
    (answer) => {
      if (verdict === "closeAfter") {
        request.socket.destroy();
        return;
      }
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    },
  );
  onward.on("error", () => request.socket.destroy());
  request.pipe(onward);
});

server.on("connect", (request, socket) => {
  socket.on("error", () => undefined);
  socket.on("close", () => say({ closed: request.url }));
  const verdict = verdictOn(request);
  if (verdict === "hang") {
    // Read, or the client's end would not be noticed.
    socket.resume().on("end", () => socket.destroy());
    return;
  }
  if (verdict === "close") {
    socket.destroy();
    return;
  }
  if (verdict !== "pass") {
    socket.end(
      `HTTP/1.1 ${verdict} Refused\r\nproxy-authenticate: Basic\r\ncontent-length: 7\r\n\r\nrefused`,
    );
    return;
  }
  const onward = connect(placeOf(request.url, 443), () => {
    socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
    socket.pipe(onward).pipe(socket);
  });
  onward.on("error", () => socket.destroy());
  socket.on("close", () => onward.destroy());
});

server.listen(0, "127.0.0.1", () => say({ url: `http://127.0.0.1:${server.address().port}` }));
