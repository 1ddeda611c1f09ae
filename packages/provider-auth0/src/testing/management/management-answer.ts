/** What an operation of the Management API answers with. */
export interface ManagementAnswer {
  readonly status: number;
  readonly body: unknown;
}

const phrases: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  409: 'Conflict',
};

/** A refusal in the envelope of the Management API. */
export function managementFault(
  status: 400 | 401 | 403 | 404 | 409,
  message: string,
  errorCode?: string,
): ManagementAnswer {
  const code = errorCode === undefined ? {} : { errorCode };
  return { status, body: { statusCode: status, error: phrases[status], message, ...code } };
}

/** The payload did not validate. */
export const invalidBody = (message: string): ManagementAnswer =>
  managementFault(400, `Payload validation error: '${message}'.`, 'invalid_body');

export const ok = (body: unknown, status = 200): ManagementAnswer => ({ status, body });

/** Whether an operation refused. */
export const isFault = (value: object): value is ManagementAnswer =>
  'status' in value && 'body' in value;
