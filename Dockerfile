# Both base images are pinned by digest, because a tag can move; each digest is the index of all
# platforms. Both are Debian 13, so that the build can run the Node of the image.
FROM gcr.io/distroless/nodejs24-debian13:nonroot@sha256:9eeb7f5887d0e239e78264b06f7f11d2e14be534050481803a9e4728fcdd278e AS runtime

FROM node:24.21.0-trixie-slim@sha256:173f125896c3b47ddf056734c7ea789d04595a6a08769a8f78e0df642781fb66 AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN ["npm", "ci", "--ignore-scripts"]
COPY schemas schemas
COPY build build
COPY dev dev
COPY src src
RUN ["node", "build/build.ts"]
# V8 accepts a compile cache only from its own version, so the Node of the image makes it.
COPY --from=runtime /nodejs /nodejs
RUN ["/nodejs/bin/node", "build/compile-cache.ts"]

# No shell, no package manager, no node_modules.
FROM runtime
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="landfall" \
      org.opencontainers.image.description="CloudEvents in, rows in Spanner, read over HTTP." \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION" \
      org.opencontainers.image.base.name="gcr.io/distroless/nodejs24-debian13:nonroot"
WORKDIR /app
# The files belong to root: the service reads them and writes none.
COPY --from=build /app/schemas schemas
# Last, because only this layer changes with the code.
COPY --from=build /app/dist dist
# In a container of 512 MiB, Node's default for young objects is 1 MiB, and then every event costs 50 %
# more processor time (npm run bench -- concurrency --node-options=--max-semi-space-size=1).
ENV NODE_OPTIONS=--max-semi-space-size=16
USER 65532:65532
EXPOSE 8080
ENTRYPOINT ["/nodejs/bin/node", "dist/main.js"]
