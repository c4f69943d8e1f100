import { readFile } from 'node:fs/promises';
import type { Config } from '../../platform/config.ts';
import type { Message, MessageChannel } from '../../providers/message/channel.ts';

/** How a provider is opened with what is set; undefined where it isn't set up. Nothing of it is loaded before. */
export type Wiring<C extends Message['channel']> = (config: Config) => (() => Promise<MessageChannel<C>>) | undefined;

/** Of Amazon: what is set, or what the machine itself has. */
export const awsKeys = (accessKeyId: string | undefined, secretAccessKey: string | undefined) =>
  accessKeyId && secretAccessKey ? { credentials: { accessKeyId, secretAccessKey } } : {};

/** What a variable holds, or the file that it names. @throws an error that names the variable where there is no such file. */
export const textIn = async (variable: string, value: string, isText: (value: string) => boolean): Promise<string> => {
  if (isText(value)) return value;
  return readFile(value, 'utf8').catch(() => {
    throw new Error(`${variable} holds neither what it should nor the path of a file that can be read`);
  });
};

export const listIn = (text: string | undefined): readonly string[] | undefined => text?.split(',');
