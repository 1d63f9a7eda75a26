import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import type { NeededCredentials } from '../auth/access.js';
import { PROBLEM_MEDIA_TYPE } from '../shared/problem.js';
import { PROBLEM_SCHEMA } from './replies.js';

/** Collects the schemas of all routes added from here on for `/openapi.json`. */
export async function describeApi(app: FastifyInstance, version: string): Promise<void> {
  app.addSchema(PROBLEM_SCHEMA);
  await app.register(swagger, {
    stripBasePath: false,
    refResolver: { buildLocalReference: ({ $id }, _base, _fragment, index) => `${$id ?? `schema-${index}`}` },
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'o-copilot',
        summary: 'What Orbital Copilot messages cost, exactly',
        description: DESCRIPTION,
        contact: { name: 'Whoever runs this service' },
        license: { name: 'MIT', identifier: 'MIT' },
        version,
      },
      // Relative to this document, wherever a reverse proxy shows it.
      servers: [{ url: '.' }],
      tags: [
        { name: 'usage', description: 'The bill of the current period' },
        { name: 'operation', description: 'For who runs the service' },
      ],
    },
  });
}

const DESCRIPTION =
  `Every address takes GET, HEAD and OPTIONS; HEAD answers as GET does, without a body, and OPTIONS
with 204 and Allow. Answers are whole: never part of a bill with status 200.`.replaceAll('\n', ' ');

const BEARER = { type: 'http', scheme: 'bearer', description: 'A token or a JWT' };
const CERTIFICATE = { type: 'mutualTLS', description: 'From an authority that the service trusts' };

/** What `/openapi.json` shows: the credentials needed here, HEAD beside each GET, and each error described once. */
export function apiDescription(app: FastifyInstance, { bearer, certificate }: NeededCredentials): object {
  const document: Document = Object(app.swagger());
  const securitySchemes = {
    ...(bearer && { bearer: BEARER }),
    ...(certificate && { certificate: CERTIFICATE }),
  };
  const names = Object.keys(securitySchemes);
  const security = names.length === 0 ? [] : [Object.fromEntries(names.map((name) => [name, []]))];
  const impossible = [...(bearer ? [] : ['401']), ...(certificate ? [] : ['403'])];
  const problems: Responses = {};
  const paths = Object.entries(document.paths).map(([path, { get }]) => {
    const possible = Object.entries(get.responses).filter(([status]) => !impossible.includes(status));
    const operation = { ...get, responses: nameProblems(Object.fromEntries(possible), problems) };
    const responses = withoutBodies(operation.responses);
    return [
      path,
      { get: operation, head: { ...operation, operationId: `${get.operationId}Head`, responses } },
    ];
  });
  const components = { ...document.components, securitySchemes, responses: problems };
  return { ...document, security, paths: Object.fromEntries(paths), components };
}

interface Document {
  readonly paths: Readonly<Record<string, { readonly get: Operation }>>;
  readonly components: object;
}
interface Operation {
  readonly operationId: string;
  readonly responses: Responses;
}
type Responses = Record<string, { readonly content?: object; readonly $ref?: string }>;

/** Replaces errors, which are the same at every address, by references. @param problems where they are collected */
function nameProblems(responses: Responses, problems: Responses): Responses {
  const named = Object.entries(responses).map(([status, response]) => {
    if (Object.keys(response.content ?? {}).join() !== PROBLEM_MEDIA_TYPE) return [status, response];
    const name = `problem-${status}`;
    problems[name] = response;
    return [status, { $ref: `#/components/responses/${name}` }];
  });
  return Object.fromEntries(named);
}

function withoutBodies(responses: Responses): Responses {
  const bare = Object.entries(responses).map(([status, { content: _, ...response }]) => [status, response]);
  return Object.fromEntries(bare);
}
