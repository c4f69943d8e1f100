import { personSubject } from '../../domain/person.ts';
import { problem } from '../../platform/http/problem.ts';
import type { PersonalData } from '../../platform/personal-data/personal-data.ts';

/** @throws 409 `person_erased` where nothing may be kept of this user any more */
export const refuseErased = async (userId: string, personalData: Pick<PersonalData, 'isErased'>): Promise<void> => {
  if (await personalData.isErased(personSubject(userId)))
    throw problem(409, 'person_erased', { detail: 'This person was erased: nothing is kept of them any more. Use another id for somebody else.' });
};
