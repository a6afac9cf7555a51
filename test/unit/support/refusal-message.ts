import { ApiError } from '../../../lambdas/http/errors';

/** How a call is refused, as status and text: `400 cursor: was not given by an earlier answer`. */
export const refusalMessage = (work: () => unknown): string => {
  try {
    work();
    return 'nothing was thrown';
  } catch (error) {
    return error instanceof ApiError ? `${error.status} ${error.message}` : String(error);
  }
};
