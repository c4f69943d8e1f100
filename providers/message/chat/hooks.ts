/** The URL of a chat's incoming webhook, if it is one of the vendor's: nobody may have us call whom they like. */
export const hookOf = (text: string, hosts: readonly string[]): URL | undefined => {
  const url = URL.parse(text);
  if (url?.protocol !== 'https:' || url.username !== '' || url.password !== '') return undefined;
  return hosts.some((host) => url.hostname === host || url.hostname.endsWith(`.${host}`)) ? url : undefined;
};
