/**
 * The three addresses of COC. The service has no regions: each site of the vendor has one address, and the three follow no
 * rule.
 */
import { oneOf } from "../../../execution/rules";
import { europeanSuffix, mainSuffix, suffixOf } from "../hostSuffix";
import type { AskedSite, HuaweiService, ServiceSite } from "../location";

// As in the region table of the vendor's SDKs.
const sites = {
  china: {
    name: "china",
    endpoint: "https://coc.myhuaweicloud.com",
    region: "cn-north-4",
    suffix: mainSuffix,
    iamRegion: undefined,
  },
  international: {
    name: "international",
    endpoint: "https://coc-intl.myhuaweicloud.com",
    region: "ap-southeast-3",
    suffix: mainSuffix,
    iamRegion: undefined,
  },
  europe: {
    name: "europe",
    endpoint: "https://coc-eu-west-101-open-api.myhuaweicloud.eu",
    region: "eu-west-101",
    suffix: europeanSuffix,
    iamRegion: "eu-west-101",
  },
} as const satisfies Readonly<Record<string, ServiceSite>>;

type SiteName = keyof typeof sites;

/** The rule of the argument `site`. */
export const siteRule = oneOf(...Object.keys(sites));

/** COC, as the shared code for locations knows it. */
export const cocService: HuaweiService = {
  name: "coc",
  title: "Huawei Cloud COC",
  siteOf,
};

// The SDKs' table has one region for each site. Others of the same site are sorted by their names; that is a guess, which
// the argument overrides: accounts of one site can use regions of another.
function siteOf({ args, region, cloud }: AskedSite): ServiceSite | undefined {
  const { site } = args;
  if (typeof site === "string" && Object.hasOwn(sites, site)) return sites[site as SiteName];
  if (cloud === europeanSuffix) return sites.europe;
  if (region === undefined || (cloud !== undefined && cloud !== mainSuffix)) return undefined;
  if (suffixOf(region) === europeanSuffix) return sites.europe;
  return region.startsWith("cn-") ? sites.china : sites.international;
}
