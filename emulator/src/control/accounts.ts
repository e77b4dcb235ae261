/** The part of the control API that is about accounts, machines, and id tokens of identity providers. */
import type { Account } from "../accounts/account";
import { readAccount, rejectRepeated } from "../accounts/accountReader";
import { describeAccount, describeMachine } from "../accounts/description";
import type { AccountDirectory } from "../accounts/directory";
import type { IdTokens } from "../accounts/idTokens";
import { machineKinds } from "../accounts/machine";
import type { MachineKind } from "../accounts/machine";
import type { EmulatorState } from "../cloud/state";
import { Fields, ShapeError } from "../ground/jsonShape";
import { notFound } from "./route";
import type { ControlRoute } from "./route";

/** The routes about accounts, machines and id tokens. */
export function accountRoutes({ accounts, idTokens, machines }: EmulatorState): ControlRoute[] {
  return [
    {
      method: "GET",
      path: "/accounts",
      handle: () => ({ accounts: accounts.accounts.map(describeAccount) }),
    },
    {
      method: "PUT",
      path: "/accounts/{domain}",
      handle: ({ params, json }) => describeAccount(putAccount(accounts, params["domain"] ?? "", json())),
    },
    {
      method: "DELETE",
      path: "/accounts/{domain}",
      handle: ({ params }) => {
        accounts.remove(findAccount(accounts, params["domain"] ?? ""));
        return undefined;
      },
    },
    {
      method: "GET",
      path: "/machines",
      handle: () => ({
        machines: Object.fromEntries(
          machines.list().map((machine) => [machine.kind, describeMachine(machine)]),
        ),
      }),
    },
    {
      method: "PUT",
      path: "/machines/{kind}",
      handle: ({ params, json }) => describeMachine(machines.put(readKind(params["kind"]), json())),
    },
    {
      method: "DELETE",
      path: "/machines/{kind}",
      handle: ({ params }) => {
        machines.remove(readKind(params["kind"]));
        return undefined;
      },
    },
    {
      method: "POST",
      path: "/id-tokens",
      handle: ({ json }) => ({ idToken: issueIdToken(accounts, idTokens, json()) }),
    },
  ];
}

function putAccount(accounts: AccountDirectory, domain: string, json: unknown): Account {
  const account = readAccount(json, "", domain);
  rejectRepeated([...accounts.accounts.filter(({ domainName }) => domainName !== domain), account]);
  accounts.put(account);
  return account;
}

function findAccount(accounts: AccountDirectory, domain: string): Account {
  return accounts.byDomain({ name: domain }) ?? notFound(`no account ${domain}`);
}

function readKind(kind: string | undefined): MachineKind {
  return (
    machineKinds.find((known) => known === kind) ??
    notFound(`no machine ${kind ?? ""}: there are ${machineKinds.join(", ")}`)
  );
}

function issueIdToken(accounts: AccountDirectory, idTokens: IdTokens, json: unknown): string {
  const fields = new Fields(json, "");
  const idp = fields.requiredText("idp", { min: 1 });
  const wanted = {
    subject: fields.requiredText("subject", { min: 1 }),
    audience: fields.text("audience", { min: 1 }),
    seconds: fields.number("expiresInSeconds", { integer: true }),
    claims: fields.object("claims"),
  };
  fields.rejectUnknown();
  const { provider } = accounts.identityProvider(idp) ?? notFound(`no identity provider ${idp}`);
  if (provider.keys) throw new ShapeError("idp", `${idp} has keys of its own: only their owner can sign`);
  return idTokens.issue(provider, wanted);
}
