import type { Tenant } from '../tenant.js';
import type { ManagementAnswer } from './management-answer.js';

/** A request to one operation, taken apart. */
interface OperationRequest {
  readonly tenant: Tenant;
  /** What the path has in place of `{id}`. */
  readonly id: string;
  readonly query: URLSearchParams;
  /** Members of the JSON object that was sent; empty where none was. */
  readonly payload: Readonly<Record<string, unknown>>;
}

/** One operation of the Management API. */
export interface Operation {
  readonly method: 'GET' | 'POST' | 'PATCH';
  /** Below `/api/v2`; `{id}` stands for one segment. */
  readonly path: string;
  /** What the caller's token has to hold. */
  readonly scope: string;
  run(request: OperationRequest): ManagementAnswer;
}
