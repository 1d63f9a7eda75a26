# syntax=docker/dockerfile:1.7
# Builds the package and installs it as a user would; the image has Node, the program and decimal.js.

FROM node:20.20-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN --mount=type=cache,target=/root/.npm npm ci --ignore-scripts --no-audit
COPY . .
RUN npm run build \
  && npm pack --ignore-scripts --pack-destination /tmp \
  && npm install --prefix /app --omit=dev --ignore-scripts --no-audit /tmp/o-copilot-*.tgz

FROM node:20.20-bookworm-slim
ENV NODE_ENV=production \
    O_COPILOT_HOST=0.0.0.0 \
    O_COPILOT_PORT=8080 \
    O_COPILOT_ADDRESS_FILE=/tmp/o-copilot.address
COPY --from=build /app /app
# Large results are held back here; everything else may be mounted read-only.
VOLUME ["/tmp"]
WORKDIR /app
USER node
EXPOSE 8080
# Asks where the service says that it listens, whatever flags it was started with.
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s --retries=3 \
  CMD ["node", "/app/node_modules/o-copilot/dist/o-copilot.js", "serve", "--healthcheck"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["node", "/app/node_modules/o-copilot/dist/o-copilot.js"]
CMD ["serve"]
