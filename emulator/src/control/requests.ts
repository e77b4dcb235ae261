/** The part of the control API that is about requests: faults planned for them, their log, and the quirks of their answers. */
import type { EmulatorState } from "../cloud/state";
import type { JsonObject } from "../ground/jsonShape";
import type { ControlRequest, ControlRoute } from "./route";

/** The routes about planned faults. */
export function faultRoutes({ faults }: EmulatorState): ControlRoute[] {
  return [
    { method: "GET", path: "/faults", handle: () => ({ faults: faults.list() }) },
    { method: "POST", path: "/faults", handle: ({ json }) => ({ ...faults.add(json()) }) },
    { method: "DELETE", path: "/faults", handle: () => ({ removed: faults.remove() }) },
    {
      method: "DELETE",
      path: "/faults/{id}",
      handle: ({ params }) => ({ removed: faults.remove(params["id"] ?? "") }),
    },
  ];
}

/** The routes about the requests that services have received, with their senders. */
export function requestRoutes({ log }: EmulatorState): ControlRoute[] {
  return [
    {
      method: "GET",
      path: "/requests",
      handle: (request) => {
        const requests = log.list(filterOf(request));
        return { count: requests.length, requests };
      },
    },
    { method: "GET", path: "/requests/counts", handle: () => ({ counts: log.counts() }) },
    {
      method: "DELETE",
      path: "/requests",
      handle: () => {
        log.clear();
        return undefined;
      },
    },
    { method: "GET", path: "/actors", handle: (request) => ({ actors: log.actors(filterOf(request)) }) },
  ];
}

/** The routes about quirks. */
export function quirkRoutes({ quirks }: EmulatorState): ControlRoute[] {
  const list = (): JsonObject => ({ ...quirks.list(), known: quirks.definitions });
  return [
    { method: "GET", path: "/quirks", handle: list },
    {
      method: "PUT",
      path: "/quirks",
      handle: ({ json }) => {
        quirks.put(json());
        return list();
      },
    },
    {
      method: "DELETE",
      path: "/quirks",
      handle: () => {
        quirks.clear();
        return undefined;
      },
    },
  ];
}

function filterOf({ query }: ControlRequest): {
  operation: string | undefined;
  service: string | undefined;
} {
  return {
    operation: query.get("operation") ?? undefined,
    service: query.get("service") ?? undefined,
  };
}
