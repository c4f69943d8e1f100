import type { PaymentEvent } from '../../../domain/payment/events.ts';
import type { PastAssessment } from '../../../domain/payment/risk/backtest.ts';
import type { RiskInputs } from '../../../domain/payment/risk.ts';
import type { Recorded } from '../../../platform/event-store/recorded.ts';
import type { AssessmentRecord, RiskAssessments, WithheldInput } from '../../../projections/payment/risk-assessments.ts';
import type { ReadModel } from '../../../projections/read-model.ts';

export type PastSource = {
  assessments: Pick<ReadModel<RiskAssessments>, 'find'>;
  /** A payment's history, with what was sealed opened, unless it was erased. */
  history: (paymentId: string) => Promise<{ events: readonly Recorded<PaymentEvent>[] }>;
};

/** RFC 3339 UTC; `from` is inclusive, `to` is not. `opened`: what is withheld, and the rules need to know. */
export type PastSpan = { from: string; to: string; opened: readonly WithheldInput[] };

const pageSize = 200;
const atOnce = 8;

/** All assessments of payments first assessed in that time, the newest first, page by page. */
export async function* pastAssessments({ assessments, history }: PastSource, { from, to, opened }: PastSpan): AsyncGenerator<readonly PastAssessment[]> {
  let after: string | undefined;
  do {
    const where = [{ field: 'assessedAt', from, to }];
    const page = await assessments.find({ where, orderBy: 'assessedAt', limit: pageSize, ...(after && { after }) });
    const records = page.rows.flatMap(({ id, document }) => document.records.map((record) => ({ id, record })));
    const past: PastAssessment[] = [];
    for (let start = 0; start < records.length; start += atOnce)
      past.push(...(await Promise.all(records.slice(start, start + atOnce).map(({ id, record }) => pastOf(history, id, record, opened)))));
    yield past;
    after = page.next;
  } while (after);
}

const pastOf = async (
  history: PastSource['history'],
  paymentId: string,
  record: AssessmentRecord,
  opened: readonly WithheldInput[],
): Promise<PastAssessment> => {
  const { attemptId, at, decision, inputs, withheld, fate } = record;
  const wanted = withheld.filter((one) => opened.includes(one));
  const sealed = wanted.length > 0 ? await sealedInputs(history, paymentId, attemptId) : {};
  const known = Object.fromEntries(Object.entries(sealed).filter(([, value]) => (value ?? null) !== null));
  const erased = wanted.some((one) => !(nameOf[one] in known));
  return { paymentId, attemptId, at, decision, inputs: { ...inputs, emailDomain: null, ...known }, fate, erased };
};

const nameOf = { email_domain: 'emailDomain', card: 'cardFingerprint', ip: 'ip', device: 'deviceId' } as const satisfies Record<
  WithheldInput,
  keyof RiskInputs
>;

type Sealed = Partial<Pick<RiskInputs, (typeof nameOf)[WithheldInput]>>;

const sealedInputs = async (history: PastSource['history'], paymentId: string, attemptId: string): Promise<Sealed> => {
  for (const event of (await history(paymentId)).events) {
    if (event.type !== 'RiskAssessed' || event.data.attemptId !== attemptId) continue;
    const { emailDomain = null, ip, deviceId, cardFingerprint } = event.data.inputs;
    return {
      emailDomain,
      ...(ip !== undefined && { ip }),
      ...(deviceId !== undefined && { deviceId }),
      ...(cardFingerprint !== undefined && { cardFingerprint }),
    };
  }
  return {};
};
