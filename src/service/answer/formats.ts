import type { FastifyRequest } from 'fastify';
import Negotiator from 'negotiator';
import { oneOf } from '../../config/value.js';
import { DATA_FORMATS, type DataFormat, declarationOf } from '../../format/formats.js';
import { readParameter } from '../query/parameters.js';
import { Refusal } from '../shared/problem.js';

/** How the service writes CSV and TSV: as the command line does by default. */
export const DELIMITED_OPTIONS = { delimiter: ',', bom: false, formulaGuard: true } as const;

/** The headers of an answer in a format, which the Accept header may choose. */
export function headersOf(format: DataFormat): Readonly<Record<string, string>> {
  const { mediaType, binary, parameters } = declarationOf(format);
  const more = parameters === undefined ? '' : `; ${parameters}`;
  return {
    'content-type': binary ? mediaType : `${mediaType}; charset=utf-8${more}`,
    vary: 'accept, accept-encoding',
  };
}

/** What `?format=` says, else the Accept header. @throws Refusal (400, 406) */
export function wantedFormat(request: FastifyRequest, parameter: string | undefined): DataFormat {
  const given = readParameter('format', parameter, oneOf(DATA_FORMATS));
  if (given !== undefined) return given;
  const { accept } = request.headers;
  if (accept === undefined || accept.trim() === '') return 'json';
  // The one for `Accept: *` first.
  const offered = DATA_FORMATS.map((each) => declarationOf(each).mediaType);
  const wanted = new Negotiator({ headers: { accept: withoutParameters(accept) } }).mediaType(offered);
  const format = DATA_FORMATS.find((each) => declarationOf(each).mediaType === wanted);
  if (format !== undefined) return format;
  const detail = `there is ${offered.join(', ')}`;
  throw new Refusal(406, 'not_acceptable', detail, { vary: 'accept' });
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
