/** Every read model that the application keeps. */
export { projections as allProjections } from '../roles/projector.ts';
