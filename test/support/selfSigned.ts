/**
 * Makes certificates for this machine, which Node can read but not write: for clients and servers that speak https
 * only.
 */
import { generateKeyPairSync, randomBytes, sign } from "node:crypto";
import { isIPv4 } from "node:net";

/** PEM texts. */
export interface SelfSigned {
  readonly key: string;
  readonly cert: string;
}

const sequence = 0x30;
const utcTime = 0x17;
const generalizedTime = 0x18;

/**
 * A self-signed certificate that is valid until 2099, and its key.
 * @param hosts IPv4 addresses and names of servers that may show it.
 * @param owner its common name.
 */
export function selfSigned(hosts: readonly string[] = ["127.0.0.1"], owner = "runbook-emulator"): SelfSigned {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const ecdsaWithSha256 = der(sequence, der(0x06, hex("2a8648ce3d040302")));
  const commonName = der(sequence, der(0x06, hex("550403")), der(0x0c, Buffer.from(owner)));
  const name = der(sequence, der(0x31, commonName));
  const validity = der(
    sequence,
    der(utcTime, Buffer.from("200101000000Z")),
    der(generalizedTime, Buffer.from("20991231235959Z")),
  );
  // Names the hosts: without this extension no client takes the certificate for them.
  const names = hosts.map((host) =>
    isIPv4(host) ? der(0x87, Buffer.from(host.split(".").map(Number))) : der(0x82, Buffer.from(host)),
  );
  const altNames = der(sequence, der(0x06, hex("551d11")), der(0x04, der(sequence, ...names)));
  const isCa = der(
    sequence,
    der(0x06, hex("551d13")),
    der(0x01, hex("ff")),
    der(0x04, der(sequence, der(0x01, hex("ff")))),
  );
  const body = der(
    sequence,
    der(0xa0, der(0x02, hex("02"))),
    der(0x02, Buffer.concat([hex("01"), randomBytes(8)])),
    ecdsaWithSha256,
    name,
    validity,
    name,
    publicKey.export({ type: "spki", format: "der" }),
    der(0xa3, der(sequence, altNames, isCa)),
  );
  const signature = Buffer.concat([hex("00"), sign("sha256", body, privateKey)]);
  const certificate = der(sequence, body, ecdsaWithSha256, der(0x03, signature));
  const lines = certificate.toString("base64").match(/.{1,64}/g) ?? [];
  return {
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`,
  };
}

/** One element of DER: its tag, its length, its content. */
function der(tag: number, ...content: readonly Buffer[]): Buffer {
  const inner = Buffer.concat(content);
  const { length } = inner;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), inner]);
  const bytes = length < 0x100 ? [length] : [length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, 0x80 | bytes.length, ...bytes]), inner]);
}

function hex(text: string): Buffer {
  return Buffer.from(text, "hex");
}
