import type { DocumentStore } from '../platform/documents/document-store.ts';

/** Document read models on MongoDB where it is named, else beside the rest. */
export const documentStore = async (mongoUrl: string | undefined, otherwise: DocumentStore): Promise<DocumentStore> => {
  if (mongoUrl === undefined) return otherwise;
  const { openMongoDocuments } = await import('../platform/documents/mongo.ts');
  return openMongoDocuments({ url: mongoUrl });
};

export const rateLimits = async (_redisUrl: string | undefined) => ({
  rateLimit: {
    take: async (_key: string, { limit, windowMs }: { limit: number; windowMs: number }) => ({ allowed: true, remaining: limit, resetMs: windowMs }),
  },
  checks: {},
  close: async () => {},
});
