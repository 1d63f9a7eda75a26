import type { SwaggerOptions } from '@fastify/swagger';

/** What `/openapi.json` says of the service as a whole. */
export function describeApi(version: string): SwaggerOptions {
  return {
    stripBasePath: false,
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'o-copilot',
        description: 'What Orbital Copilot messages cost, exactly',
        version,
      },
      // Relative to this document, wherever a reverse proxy shows it.
      servers: [{ url: './' }],
      components: {
        securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } },
      },
      security: [{ bearer: [] }, {}],
    },
  };
}
