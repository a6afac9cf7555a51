import { writeSource } from '../dialects/management/wire';
import { newConfigurationId } from '../domain/identifiers';
import type { Principal } from '../http/authentication';
import { notFound } from '../http/errors';
import type { ApiRequest, ApiResponse } from '../http/messages';
import { parseJson, validate } from '../http/parse';
import { findInEnvironments, ownEnvironment, readableEnvironments } from '../http/tenant';
import { getSource, listSources, putSource, type Source } from '../store/configuration';
import type { Table } from '../store/table';
import { sourceBody } from './schemas';
import { slugOf } from './slug';

/** `POST /v1/sources` */
export async function createSource(table: Table, request: ApiRequest, caller: Principal): Promise<ApiResponse> {
  const body = validate(sourceBody, parseJson(request.body).value);
  const { organization, environment } = ownEnvironment(caller, body);
  const now = Date.now();
  const at = new Date(now).toISOString();
  const source: Source = {
    id: newConfigurationId('src', now),
    ...{ organization, environment },
    name: body.name,
    slug: body.slug ?? slugOf(body.name, 'source'),
    ...(body.template && { template: body.template }),
    status: 'active',
    ...{ createdAt: at, updatedAt: at },
  };
  await putSource(table, source);
  return { status: 201, body: { source: writeSource(source) } };
}

/** `GET /v1/sources` */
export async function showSources(table: Table, caller: Principal): Promise<ApiResponse> {
  const environments = await readableEnvironments(table, caller);
  const sources = await Promise.all(environments.map((environment) => listSources(table, environment)));
  return { status: 200, body: { sources: sources.flat().map(writeSource) } };
}

/** `GET /v1/sources/{id}` */
export async function showSource(table: Table, { params }: ApiRequest, caller: Principal): Promise<ApiResponse> {
  const id = params.id ?? '';
  const source = await findInEnvironments(table, caller, (environment) => getSource(table, environment, id));
  if (!source) throw notFound('Source', id);
  return { status: 200, body: { source: writeSource(source) } };
}
