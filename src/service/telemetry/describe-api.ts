import type { SwaggerOptions } from '@fastify/swagger';

/** What `/openapi.json` says of the service as a whole. */
export function describeApi(version: string): SwaggerOptions {
  return {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'o-copilot',
        description: 'What Orbital Copilot messages cost, exactly',
        version,
      },
      components: {
        securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } },
      },
      security: [{ bearer: [] }, {}],
    },
  };
}
