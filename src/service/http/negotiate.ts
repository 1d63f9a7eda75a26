import type { FastifyRequest } from 'fastify';
import Negotiator from 'negotiator';
import { oneOf } from '../../config/value.js';
import { DATA_FORMATS, type DataFormat } from '../../format/formats.js';
import { MEDIA_TYPES } from '../bill/formats.js';
import { Refusal } from '../problem.js';
import { readParameter } from '../query/parameters.js';

/** What `?format=` says, else the Accept header. @throws Refusal (400, 406) */
export function wantedFormat(request: FastifyRequest, parameter: string | undefined): DataFormat {
  const asked = readParameter('format', parameter, oneOf(DATA_FORMATS));
  if (asked !== undefined) return asked;
  const { accept } = request.headers;
  if (accept === undefined || accept.trim() === '') return 'json';
  const offered = [...MEDIA_TYPES.values()];
  const wanted = new Negotiator({ headers: { accept: withoutParameters(accept) } }).mediaType(offered);
  const format = DATA_FORMATS.find((each) => MEDIA_TYPES.get(each) === wanted);
  if (format !== undefined) return format;
  const detail = `there is ${offered.join(', ')}`;
  throw new Refusal(406, 'not_acceptable', detail, {}, { vary: 'accept' });
}

/** Every format has one form only, so that of a range's parameters none counts but the weight `q`. */
function withoutParameters(accept: string): string {
  const ranges = accept.match(/(?:[^,"]|"(?:[^"\\]|\\.)*"?)+/g) ?? [];
  return ranges
    .map((range) => {
      const [type = '', ...parameters] = range.match(/(?:[^;"]|"(?:[^"\\]|\\.)*"?)+/g) ?? [];
      const weight = parameters.find((parameter) => /^\s*q\s*=/i.test(parameter));
      return weight === undefined ? type : `${type};${weight.replaceAll(/\s/g, '')}`;
    })
    .join(',');
}
