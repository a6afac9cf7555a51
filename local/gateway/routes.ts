/** The target of a request. */
export interface RouteTarget {
  /** As in the template: `POST /v1/events/{id}` or `$default`. */
  readonly routeKey: string;
  /** ARN or name of the function. */
  readonly functionName: string;
  /** Milliseconds after which the client gets a 503. */
  readonly timeoutMs: number;
}

export interface RouteMatch {
  readonly target: RouteTarget;
  readonly pathParameters: Readonly<Record<string, string>>;
}

interface CompiledRoute {
  readonly target: RouteTarget;
  readonly method: string;
  readonly segments: readonly string[];
}

/** Finds the route of a request: `path` is percent-decoded, as API Gateway sees it. */
export type Router = (method: string, path: string) => RouteMatch | undefined;

/**
 * Routes as an HTTP API does: literal segments win over parameters, parameters over `{proxy+}`, a method over `ANY`,
 * and `$default` takes the rest.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
 */
export function createRouter(targets: readonly RouteTarget[]): Router {
  const fallback = targets.find(({ routeKey }) => routeKey === '$default');
  const routes = targets
    .filter((target) => target !== fallback)
    .map(compile)
    .sort(bySpecificity);
  return (method, path) => {
    const segments = path.split('/');
    for (const route of routes) {
      const pathParameters = matches(route, method, segments);
      if (pathParameters !== undefined) return { target: route.target, pathParameters };
    }
    return fallback && { target: fallback, pathParameters: {} };
  };
}

function compile(target: RouteTarget): CompiledRoute {
  const [method = '', path = ''] = target.routeKey.split(' ');
  return { target, method, segments: path.split('/') };
}

function matches(route: CompiledRoute, method: string, path: readonly string[]): Record<string, string> | undefined {
  if (route.method !== 'ANY' && route.method !== method) return undefined;
  const greedy = route.segments.at(-1)?.endsWith('+}') === true;
  if (greedy ? path.length < route.segments.length : path.length !== route.segments.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [at, segment] of route.segments.entries()) {
    const value = segment.endsWith('+}') ? path.slice(at).join('/') : (path[at] ?? '');
    if (!isParameter(segment) && segment !== value) return undefined;
    if (isParameter(segment) && value === '') return undefined;
    if (isParameter(segment)) parameters[segment.slice(1).replace(/\+?\}$/, '')] = value;
  }
  return parameters;
}

const isParameter = (segment: string): boolean => segment.startsWith('{');

/** Compares segment by segment, so that `/a/{id}/b` comes before `/{x}/c/b`. */
function bySpecificity(left: CompiledRoute, right: CompiledRoute): number {
  for (const [at, segment] of left.segments.entries()) {
    const difference = weight(segment) - weight(right.segments[at] ?? '');
    if (difference !== 0) return difference;
  }
  return Number(left.method === 'ANY') - Number(right.method === 'ANY');
}

const weight = (segment: string): number => (!isParameter(segment) ? 0 : segment.endsWith('+}') ? 2 : 1);
