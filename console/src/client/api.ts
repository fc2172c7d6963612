/** The one way to the back end: typed by its OpenAPI document, with the CSRF token on writes and problems as errors. */
import createClient, { type Middleware } from "openapi-fetch";

import { noteAnswer } from "@/client/expiry";
import { Problem, readProblem, UNREACHABLE } from "@/client/problem";
import type { paths } from "@/client/schema";

/** What every request needs to know of the page around it. */
export const context = { csrf: "", language: "zh-CN" };

const around: Middleware = {
  onRequest({ request }) {
    request.headers.set("Accept-Language", context.language);
    if (request.method !== "GET" && context.csrf !== "") {
      request.headers.set("X-CSRF-Token", context.csrf);
    }
    return request;
  },
  onResponse({ response, schemaPath }) {
    noteAnswer(response.status, schemaPath);
  },
  onError() {
    return new Problem(0, UNREACHABLE, "");
  },
};

export const api = createClient<paths>({ baseUrl: "/", credentials: "same-origin" });
api.use(around);

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** Return the body of an answer, or throw its {@link Problem}. */
export async function bodyOf<T>(request: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await request;
  if (!response.ok) {
    throw readProblem(response.status, error);
  }
  return data as T;
}
