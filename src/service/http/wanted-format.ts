import type { FastifyRequest } from 'fastify';
import { oneOf } from '../../config/value.js';
import { DATA_FORMATS, type DataFormat } from '../../format/formats.js';
import { MEDIA_TYPES } from '../bill/formats.js';
import { Refusal } from '../problem.js';
import { readParameter } from '../query/parameters.js';

/** What `?format=` says, else the Accept header. @throws Refusal (400, 406) */
export function wantedFormat(request: FastifyRequest, parameter: string | undefined): DataFormat {
  const asked = readParameter('format', parameter, oneOf(DATA_FORMATS));
  if (asked !== undefined) return asked;
  const offered = [...MEDIA_TYPES.values()];
  const wanted = request.accepts().type(offered);
  const format = DATA_FORMATS.find((each) => MEDIA_TYPES.get(each) === wanted);
  if (format !== undefined) return format;
  throw new Refusal(406, 'not_acceptable', `there is ${offered.join(', ')}`);
}
