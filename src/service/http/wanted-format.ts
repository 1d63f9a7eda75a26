import type { FastifyRequest } from 'fastify';
import { oneOf } from '../../config/value.js';
import { BILL_FORMATS, type BillFormat, MEDIA_TYPES } from '../bill/formats.js';
import { Refusal } from '../problem.js';
import { readParameter } from '../query/parameters.js';

/** What `?format=` says, else the Accept header. @throws Refusal (400, 406) */
export function wantedFormat(request: FastifyRequest, parameter: string | undefined): BillFormat {
  const asked = readParameter('format', parameter, oneOf(BILL_FORMATS));
  if (asked !== undefined) return asked;
  const wanted = request.accepts().type(Object.values(MEDIA_TYPES));
  const format = BILL_FORMATS.find((each) => MEDIA_TYPES[each] === wanted);
  if (format !== undefined) return format;
  throw new Refusal(406, 'not_acceptable', `there is ${Object.values(MEDIA_TYPES).join(', ')}`);
}
