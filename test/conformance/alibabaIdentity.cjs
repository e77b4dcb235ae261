// Takes on identities of Alibaba Cloud through the vendor's Node package for credentials, and prints one line of JSON with
// what it saw. The package speaks https only to the STS.
// Usage: alibabaIdentity.cjs URL FOLDER HTTPS_HOST   (the folder in which the packages are installed)
// Nothing is judged here: identityNode.test.ts compares what is printed.
"use strict";
const { writeFileSync } = require("node:fs");
const http = require("node:http");
const { createRequire } = require("node:module");
const { join } = require("node:path");

const [, , URL_OF_EMULATOR, FOLDER, HTTPS_HOST] = process.argv;
const load = createRequire(join(FOLDER, "package.json"));
const { default: Credential } = load("@alicloud/credentials");
const providers = (name) => load(`@alicloud/credentials/dist/src/providers/${name}`).default;
const { URICredentialsProviderBuilder } = load("@alicloud/credentials/dist/src/providers/uri");
const { default: Core, $OpenApiUtil } = load("@alicloud/openapi-core");
const { RuntimeOptions } = load("@darabonba/typescript");

const ARN = "acs:ram::1234567890123456:";
const MACHINE = { domain: "acme", role: "machine" };

// In the cloud the address is the same on every machine, so that the package has no setting for it.
const request = http.request;
http.request = (options, ...rest) => {
  const { hostname, port } = new URL(URL_OF_EMULATOR);
  const there = options.host === "100.100.100.200" ? { ...options, host: hostname, port } : options;
  return request(there, ...rest);
};

async function control(method, path, body) {
  const options = body === undefined ? { method } : { method, body: JSON.stringify(body) };
  const answer = await fetch(`${URL_OF_EMULATOR}/_emulator${path}`, options);
  if (!answer.ok) throw new Error(await answer.text());
  return answer.json();
}

/** Starts an execution as whoever the provider says, and asks the STS who that is. */
async function run(provider, name) {
  const endpoint = URL_OF_EMULATOR.replace("http://", "");
  const credential = new Credential(null, provider);
  const client = new Core(new $OpenApiUtil.Config({ credential, protocol: "http", endpoint }));
  const call = async (action, version, body) => {
    const params = new $OpenApiUtil.Params({
      action,
      version,
      protocol: "HTTP",
      pathname: "/",
      method: "POST",
      authType: "AK",
      style: "RPC",
      reqBodyType: "formData",
      bodyType: "json",
    });
    const parameters = new $OpenApiUtil.OpenApiRequest({ body });
    return (await client.callApi(params, parameters, new RuntimeOptions({}))).body;
  };
  const who = await call("GetCallerIdentity", "2015-04-01", {});
  const started = await call("StartExecution", "2019-03-15", { FlowName: "flow", ExecutionName: name });
  return [who.Arn.split(":").at(-1), started.Status];
}

const refusal = (promise) =>
  promise.then(
    () => "no error",
    (error) => /AuthenticationFail[\w.]*|NoPermission|EntityNotExist\.\w+|\b40\d\b/.exec(error.message)?.[0],
  );

const permanent = () =>
  providers("static_ak")
    .builder()
    .withAccessKeyId("EMULATORACCESSKEY0001")
    .withAccessKeySecret("emulator-secret-key-0001")
    .build();

const role = (name, base) =>
  providers("ram_role_arn")
    .builder()
    .withCredentialsProvider(base)
    .withRoleArn(`${ARN}role/${name}`)
    .withRoleSessionName("pulumi")
    .withStsEndpoint(HTTPS_HOST)
    .build();

async function idToken(claims = {}) {
  const wanted = { idp: "github", subject: "repo:acme/app", ...claims };
  const file = join(process.env.HOME, "id-token");
  // The package sends the file as it is, with the end of the line.
  writeFileSync(file, `${(await control("POST", "/id-tokens", wanted)).idToken}\n`);
  return file;
}

const federated = (file) =>
  providers("oidc_role_arn")
    .builder()
    .withOIDCProviderArn(`${ARN}oidc-provider/github`)
    .withOIDCTokenFilePath(file)
    .withRoleArn(`${ARN}role/ci`)
    .withRoleSessionName("pulumi")
    .withStsEndpoint(HTTPS_HOST)
    .build();

const machine = (withoutV1 = false) =>
  providers("ecs_ram_role").builder().withDisableIMDSv1(withoutV1).build();

async function main() {
  const seen = {};
  seen.role = await run(role("deployer", permanent()), "role");
  seen.chain = await run(role("second", role("deployer", permanent())), "chain");
  seen.untrusted = await refusal(role("second", permanent()).getCredentials());
  seen.unknown = await refusal(role("nobody", permanent()).getCredentials());
  seen.oidc = await run(federated(await idToken()), "oidc");
  seen.expired = await refusal(federated(await idToken({ expiresInSeconds: -1 })).getCredentials());
  for (const metadataTokens of ["optional", "required", "absent"]) {
    await control("PUT", "/machines/alibabaEcs", { ...MACHINE, metadataTokens });
    seen[metadataTokens] = [
      (await run(machine(), `machine-${metadataTokens}`)).at(-1),
      await refusal(machine(true).getCredentials()),
    ];
  }
  await control("PUT", "/machines/alibabaUri", MACHINE);
  const uri = new URICredentialsProviderBuilder()
    .withCredentialsURI(`${URL_OF_EMULATOR}/alibaba/credentials`)
    .build();
  seen.uri = (await run(uri, "uri")).at(-1);
  const { actors } = await control("GET", "/actors?operation=StartExecution");
  seen.actors = actors.map(({ who, kind, assumedBy }) => [
    who.replace(/\((?:i|uri)-\w+\)/, "(…)"),
    kind,
    assumedBy,
  ]);
  console.log(JSON.stringify(seen));
}

main().catch((problem) => {
  console.error(problem);
  process.exitCode = 1;
});
