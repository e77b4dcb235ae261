/**
 * The suffixes of Huawei Cloud's host names: all hosts of a site end alike, and European accounts are not known
 * elsewhere. Pure.
 */

/** The suffix of all host names outside Europe. */
export const mainSuffix = "myhuaweicloud.com";

/** The suffix of host names in Europe. */
export const europeanSuffix = "myhuaweicloud.eu";

/** The suffix of the host names of a region. */
export function suffixOf(region: string | undefined): string {
  return region?.startsWith("eu-west-1") === true ? europeanSuffix : mainSuffix;
}
