import { DATA_FORMATS, type DataFormat, declarationOf } from '../../format/formats.js';

/** The media type of each format that the service offers, the one for `Accept: *` first. */
export const MEDIA_TYPES: ReadonlyMap<DataFormat, string> = new Map(
  DATA_FORMATS.map((format) => [format, declarationOf(format).mediaType]),
);

/** The headers of an answer in a format, which the Accept header may choose. */
export function headersOf(format: DataFormat): Readonly<Record<string, string>> {
  return { 'content-type': contentTypeOf(format), vary: 'accept, accept-encoding' };
}

function contentTypeOf(format: DataFormat): string {
  const { mediaType, binary, parameters } = declarationOf(format);
  if (binary) return mediaType;
  return `${mediaType}; charset=utf-8${parameters === undefined ? '' : `; ${parameters}`}`;
}

/** How the service writes CSV and TSV: as the command line does unless told otherwise. */
export const DELIMITED_OPTIONS = { delimiter: ',', bom: false, formulaGuard: true } as const;
