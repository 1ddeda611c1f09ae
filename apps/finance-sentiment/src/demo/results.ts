import type { CallToolResult } from '@modelcontextprotocol/client';

/** The text of a tool's result. */
export function textOf(result: CallToolResult): string {
  return result.content.map((part) => (part.type === 'text' ? part.text : '')).join('\n');
}

/** The structured part of a tool's result; empty where there is none. */
export function structured(result: CallToolResult): Readonly<Record<string, unknown>> {
  const { structuredContent } = result;
  const isRecord = typeof structuredContent === 'object' && structuredContent !== null;
  return isRecord ? (structuredContent as Record<string, unknown>) : {};
}

/** What a call that must fail fails with; `undefined` when it does not. */
export async function refusalOf(call: () => Promise<unknown>): Promise<unknown> {
  try {
    await call();
    return undefined;
  } catch (error) {
    return error;
  }
}

/** The OAuth error of an answer that must be a refusal. */
export async function errorOf(response: Response): Promise<unknown> {
  if (response.ok) return `${response.status}, no error`;
  const body: unknown = await response.json();
  return typeof body === 'object' && body !== null && 'error' in body ? body.error : body;
}
