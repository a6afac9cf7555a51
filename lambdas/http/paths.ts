import { ApiError } from './errors';
import { ROUTES, type Route, type Surface } from './routes';

const BY_KEY = new Map<string, Route>(ROUTES.map((route) => [route.key, route]));

/** A call as the gateway hands it on. */
export interface RoutedCall {
  /** The route that API Gateway found, or `$default`. */
  readonly routeKey: string;
  readonly method: string;
  readonly path: string;
}

/**
 * The route that the gateway found, unless the path is another route's own: `GET /api/deliveries/{id}` does not read
 * `/api/deliveries/bulk-replay`, which takes POST only.
 *
 * @throws ApiError 405 where the path is known with other methods, else 404
 */
export function routeOf({ routeKey, method, path }: RoutedCall): Route {
  const here = routesAt(path);
  const found = BY_KEY.get(routeKey);
  if (found && (here.length === 0 || here.includes(found))) return found;
  if (here.length === 0) throw new ApiError('RESOURCE_NOT_FOUND', `There is nothing at ${path}`);
  const allow = here.map((route) => route.method).join(', ');
  throw new ApiError('METHOD_NOT_ALLOWED', `${path} does not take ${method}, only ${allow}`, { allow });
}

/** The surface of a call. Where no route serves it, that is the surface of the routes beside its path. */
export function surfaceOf({ routeKey, path }: RoutedCall): Surface {
  const [beside] = ROUTES.filter((route) => path.startsWith(folderOf(route.path))).sort(
    (one, other) => folderOf(other.path).length - folderOf(one.path).length,
  );
  return (BY_KEY.get(routeKey) ?? beside)?.surface ?? 'management';
}

const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1);

const isParameter = (segment: string): boolean => segment.startsWith('{');

const TEMPLATES = ROUTES.map((route) => {
  const segments = route.path.split('/');
  return { route, segments, parameters: segments.filter(isParameter).length };
});

/** The routes at a path: of the templates that it fits, those with the fewest parameters. */
function routesAt(path: string): Route[] {
  const given = path.split('/');
  const fitting = TEMPLATES.filter(({ segments }) => fits(segments, given));
  const fewest = Math.min(...fitting.map(({ parameters }) => parameters));
  return fitting.filter(({ parameters }) => parameters === fewest).map(({ route }) => route);
}

/** Whether a path matches a template. No regular expressions: a cold start would compile one for each route. */
function fits(template: readonly string[], given: readonly string[]): boolean {
  if (template.length !== given.length) return false;
  return template.every((segment, at) => (isParameter(segment) ? given[at] !== '' : given[at] === segment));
}
