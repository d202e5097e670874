import { createServer } from "node:http";

const server = createServer((request, response) => {
  response.end("Hello from Node\n");
});

server.listen(process.env.PORT ?? 8080);

// Node as process 1 of a container ignores SIGTERM without a handler.
process.on("SIGTERM", () => server.close());
