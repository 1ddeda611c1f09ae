/** A refusal in the shape of a gRPC gateway. The codes are gRPC's. */
export function managementFault(code: keyof typeof statuses, message: string): Response {
  return Response.json({ code, message, details: [] }, { status: statuses[code] });
}

const statuses = { 3: 400, 5: 404, 6: 409, 12: 501, 16: 401 } as const;

/**
 * JSON as protobuf writes it: the 64-bit lifetimes are strings. What has its default value is sent
 * all the same, as the real API does.
 */
export const protobufJson = (record: object): object =>
  Object.fromEntries(
    Object.entries(record).map(([name, value]) =>
      /(^|_)expiry$/.test(name) ? [name, String(value)] : [name, value],
    ),
  );
