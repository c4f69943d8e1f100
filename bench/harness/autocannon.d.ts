// autocannon brings no types; these are the parts that the bench uses.
declare module 'autocannon' {
  export type Options = {
    url: string;
    connections: number;
    /** Seconds. */
    duration: number;
    method: 'GET' | 'POST';
    headers: Record<string, string>;
    body?: string;
    /** Puts another word in the place of `[<id>]` in each request. */
    idReplacement?: boolean;
  };
  export type Result = {
    /** Seconds. */
    duration: number;
    errors: number;
    timeouts: number;
    non2xx: number;
    '2xx': number;
    statusCodeStats: Record<string, { count: number }>;
    /** Milliseconds. */
    latency: { p50: number; p90: number; p99: number; max: number };
  };
  const autocannon: (options: Options) => Promise<Result>;
  export default autocannon;
}
