/** Accounts, agencies, roles and machines for the vendors' clients to take on, and how such a client is run. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer } from "node:tls";
import { promisify } from "node:util";
import { startEmulator } from "runbook-emulator";
import { acmeDomainId, acmeSeed, acmeSubProject } from "../emulator/acme";
import { selfSigned } from "../support/selfSigned";

/** The output of a client, as JSON. */
export type Seen = ReturnType<typeof JSON.parse>;

/** Time for {@link runIdentityClient}. */
export const identityTimeoutMs = 100_000;

/**
 * Runs a client against an emulator of its own.
 * @param argumentsFor - is given the emulator's address, and the host and port at which it speaks https
 */
export async function runIdentityClient(
  command: string,
  argumentsFor: (url: string, httpsHost: string) => string[],
): Promise<Seen> {
  const home = mkdtempSync(join(tmpdir(), "conformance-"));
  const opened: { close: () => Promise<void> }[] = [];
  try {
    const emulator = await startEmulator({ seed: acmeSeed });
    opened.push(emulator);
    const front = await httpsFront(emulator.url, join(home, "ca.pem"));
    opened.push(front);
    const control = async (method: string, path: string, body?: unknown): Promise<Seen> => {
      const options = body === undefined ? { method } : { method, body: JSON.stringify(body) };
      return (await fetch(`${emulator.url}/_emulator${path}`, options)).json();
    };
    const subProject = { projectId: acmeSubProject, nodes: [{ id: "a", durationMs: 10 }] };
    await control("PUT", "/workflows/job", subProject);
    const { accounts } = await control("GET", "/accounts");
    const { stdout } = await promisify(execFile)(command, argumentsFor(emulator.url, front.host), {
      env: {
        PATH: process.env["PATH"],
        HOME: home,
        USERPROFILE: home,
        NO_PROXY: "*",
        NODE_EXTRA_CA_CERTS: join(home, "ca.pem"),
        DEMO_DOMAIN_ID: accounts[0].domainId,
        ACME_DOMAIN_ID: acmeDomainId,
        ACME_DEV_PROJECT: acmeSubProject,
      },
      timeout: 90_000,
      maxBuffer: 16 * 1024 * 1024,
    });
    // Some SDKs log to the same stream.
    return JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
  } finally {
    await Promise.all(opened.map((one) => one.close()));
    rmSync(home, { recursive: true, force: true });
  }
}

// Ends TLS and hands the bytes on: the emulator itself speaks http only.
async function httpsFront(
  url: string,
  caFile: string,
): Promise<{ host: string; close: () => Promise<void> }> {
  const { key, cert } = selfSigned();
  writeFileSync(caFile, cert);
  const port = Number(new URL(url).port);
  const server = createServer({ key, cert }, (socket) => {
    const behind = connect(port, "127.0.0.1");
    socket.pipe(behind).pipe(socket);
    socket.on("error", () => behind.destroy());
    behind.on("error", () => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port: ownPort } = server.address() as AddressInfo;
  return {
    host: `127.0.0.1:${String(ownPort)}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
      }),
  };
}
