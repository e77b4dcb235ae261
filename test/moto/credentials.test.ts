/**
 * The caller, by the vendor's own chain of credentials and moto's STS: roles of profiles, web identities, containers.
 * The keys that sign the later requests are those that the STS gave. Single sign-on is not tried: no server here gives
 * its tokens. Skipped by name where MOTO_PYTHON names no Python with the packages.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LifecycleHost, Session, Settings } from "../../provider/src/lifecycle";
import { RunRegister, create, openSession } from "../../provider/src/lifecycle";
import { services } from "../../provider/src/services/registry";
import { recordingReporter } from "../support/lifecycleHosts";
import { startScriptedServer } from "../support/scriptedServer";
import { never, settingsOf } from "../support/sessions";
import type { Door, Moto } from "./moto";
import { motoPython, openDoor, startMoto } from "./moto";

const onMoto = motoPython === undefined || motoPython === "" ? describe.skip : describe;

onMoto("credentials on moto (skipped where MOTO_PYTHON names no Python)", () => {
  let moto: Moto;
  let door: Door;
  let folder: string;
  let arn: string;
  let role: string;
  const before = { ...process.env };

  beforeAll(async () => {
    moto = await startMoto();
    folder = mkdtempSync(join(tmpdir(), "moto-credentials-"));
    arn = await moto.create("quick", { StartAt: "P", States: { P: { Type: "Pass", End: true } } });
    role = (await moto.ask("role", { name: "deployer" })) as string;
    const token = join(folder, "token");
    writeFileSync(token, "a-web-identity-token");
    writeFileSync(
      join(folder, "credentials"),
      "[source]\naws_access_key_id = AKIASOURCE\naws_secret_access_key = secret-of-the-source\n",
    );
    writeFileSync(
      join(folder, "config"),
      [
        "[profile deployer]",
        `role_arn = ${role}`,
        "source_profile = source",
        "role_session_name = from-the-profile",
        "duration_seconds = 900",
        "[profile bearer]",
        `role_arn = ${role}`,
        `web_identity_token_file = ${token}`,
        "[profile turns]",
        `role_arn = ${role}`,
        "source_profile = deployer",
      ].join("\n"),
    );
  });
  afterAll(async () => {
    await moto.close();
    rmSync(folder, { recursive: true });
  });
  beforeEach(async () => {
    door = await openDoor(moto.url);
    // The vendor's package reads the process's own variables, and must not look for a server of AWS.
    process.env["AWS_EC2_METADATA_DISABLED"] = "true";
  });
  afterEach(async () => {
    await door.close();
    process.env = { ...before };
  });

  const files = (): Record<string, string> => ({
    AWS_CONFIG_FILE: join(folder, "config"),
    AWS_SHARED_CREDENTIALS_FILE: join(folder, "credentials"),
  });
  const settings = (
    config: Record<string, string>,
    environment: Record<string, string> = {},
    read: Record<string, string> = {},
  ): Settings =>
    settingsOf({
      config: { "aws:endpoints": JSON.stringify([{ sfn: door.url, sts: door.url }]), ...config },
      environment,
      files: read,
    });
  const deploy = (session: Session, name = "x"): ReturnType<typeof create> => {
    const host: LifecycleHost = {
      definition: services.stepfunctions,
      session,
      signal: never,
      urn: `urn:pulumi:t::t::pulumi-nodejs:stepfunctions:WorkflowExecution::${name}`,
      register: new RunRegister(),
      secretArguments: [],
      reporter: recordingReporter(),
    };
    return create({ stateMachineArn: arn }, host);
  };
  /** The requests to the STS, and the keys that signed the other requests. */
  const acted = (): { readonly sts: readonly string[]; readonly signers: readonly string[] } => {
    const rows = door.seen.map((operation, index) => ({ operation, signer: door.signers[index]! }));
    const isSts = ({ operation }: { operation: string }): boolean => operation.startsWith("AssumeRole");
    return {
      sts: rows.filter(isSts).map(({ operation, signer }) => `${operation} by ${signer || "nobody"}`),
      signers: [...new Set(rows.filter((row) => !isSts(row)).map(({ signer }) => signer))],
    };
  };
  const temporary = expect.stringMatching(/^ASIA/) as string;

  test("a profile with a role and a source profile: assumed once, at the address of the settings", async () => {
    const session = openSession({ settings: settings({ "aws:profile": "deployer" }, files()) });
    expect(await deploy(session)).toMatchObject({ kind: "ready" });
    expect(acted()).toEqual({ sts: ["AssumeRole by AKIASOURCE"], signers: [temporary] });
    // No message may show them.
    expect(session.credentials.texts).toEqual(expect.arrayContaining(["secret-of-the-source"]));
    expect(session.credentials.texts.length).toBeGreaterThanOrEqual(3);
  });

  test("a profile whose source assumes a role itself: one after the other", async () => {
    const session = openSession({ settings: settings({ "aws:profile": "turns" }, files()) });
    expect(await deploy(session)).toMatchObject({ kind: "ready" });
    const { sts, signers } = acted();
    expect(sts).toEqual(["AssumeRole by AKIASOURCE", expect.stringMatching(/^AssumeRole by ASIA/)]);
    expect(signers).toEqual([temporary]);
  });

  test("a profile with a web identity", async () => {
    const session = openSession({ settings: settings({ "aws:profile": "bearer" }, files()) });
    expect(await deploy(session)).toMatchObject({ kind: "ready" });
    expect(acted()).toEqual({ sts: ["AssumeRoleWithWebIdentity by nobody"], signers: [temporary] });
    expect(session.credentials.texts).toContain("a-web-identity-token");
  });

  test("a web identity of the environment, as in a pod, and a role of the configuration on top", async () => {
    const pod = { AWS_ROLE_ARN: role, AWS_WEB_IDENTITY_TOKEN_FILE: "/token" };
    const onTop = { "aws:assumeRoles": JSON.stringify([{ roleArn: role, duration: "15m" }]) };
    const session = openSession({ settings: settings(onTop, pod, { "/token": "a-pod's-token" }) });
    expect(await deploy(session)).toMatchObject({ kind: "ready" });
    const { sts, signers } = acted();
    expect(sts).toEqual([
      "AssumeRoleWithWebIdentity by nobody",
      expect.stringMatching(/^AssumeRole by ASIA/),
    ]);
    expect(signers).toEqual([temporary]);
  });

  describe("a container", () => {
    let container: Server;
    let asked: string[];

    beforeEach(async () => {
      asked = [];
      container = createServer((request, response) => {
        asked.push(`${request.method!} ${request.url!} ${request.headers.authorization ?? ""}`);
        response.setHeader("content-type", "application/json");
        if (request.headers.authorization !== "container-token") response.statusCode = 401;
        response.end(
          JSON.stringify({
            AccessKeyId: "ASIACONTAINER",
            SecretAccessKey: "secret-of-the-container",
            Token: "session-of-the-container",
            Expiration: new Date(Date.now() + 900_000).toISOString(),
          }),
        );
      });
      await new Promise<void>((resolve) => container.listen(0, "127.0.0.1", resolve));
      const { port } = container.address() as AddressInfo;
      process.env["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = `http://127.0.0.1:${String(port)}/role`;
      process.env["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = "container-token";
      process.env["AWS_SHARED_CREDENTIALS_FILE"] = join(folder, "none");
      process.env["AWS_CONFIG_FILE"] = join(folder, "none");
      for (const name of ["AWS_ACCESS_KEY_ID", "AWS_PROFILE", "AWS_WEB_IDENTITY_TOKEN_FILE"]) {
        Reflect.deleteProperty(process.env, name);
      }
    });
    afterEach(async () => {
      container.closeAllConnections();
      await new Promise((resolve) => container.close(resolve));
    });

    test("four resources at once: one look-up, with the container's token", async () => {
      const session = openSession({ settings: settings({}) });
      const outcomes = await Promise.all(["a", "b", "c", "d"].map((name) => deploy(session, name)));
      expect(outcomes.map(({ kind }) => kind)).toEqual(["ready", "ready", "ready", "ready"]);
      expect(asked).toEqual(["GET /role container-token"]);
      expect(acted()).toEqual({ sts: [], signers: ["ASIACONTAINER"] });
      expect(session.credentials.texts).toEqual(
        expect.arrayContaining(["secret-of-the-container", "session-of-the-container"]),
      );
    });

    test("a container that refuses: nothing is started, and the error names what was looked for", async () => {
      process.env["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = "old";
      const count = (await moto.executions(arn)).length;
      await expect(deploy(openSession({ settings: settings({}) }))).rejects.toThrow(
        /no credentials for AWS are set.*AWS_PROFILE.*the container and the server/s,
      );
      expect(await moto.executions(arn)).toHaveLength(count);
    });
  });

  test("a role that the STS refuses: nothing is started, and the error names the role", async () => {
    const count = (await moto.executions(arn)).length;
    const body =
      "<ErrorResponse><Error><Code>AccessDenied</Code><Message>not trusted</Message></Error></ErrorResponse>";
    const sts = await startScriptedServer([{ status: 403, body }]);
    try {
      const endpoints = JSON.stringify([{ sfn: door.url, sts: sts.url }]);
      const refusing = settings({ "aws:profile": "deployer", "aws:endpoints": endpoints }, files());
      await expect(deploy(openSession({ settings: refusing }))).rejects.toThrow(
        /AccessDenied.*Check the role arn:aws:iam::123456789012:role\/deployer of the profile/s,
      );
      expect(sts.requests).toHaveLength(1);
      expect(await moto.executions(arn)).toHaveLength(count);
    } finally {
      await sts.close();
    }
  });
});
