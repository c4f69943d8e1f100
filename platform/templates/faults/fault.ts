/** What is wrong with a template, under the path in the body that it was sent as. */
export type Fault = { path: string; message: string };
