import { writeSource } from '../../dialects/management/wire';
import { newConfigurationId } from '../../domain/identifiers';
import { type Principal, requireEnvironment } from '../../http/authentication';
import { notFound } from '../../http/errors';
import type { ApiRequest, ApiResponse } from '../../http/messages';
import { parseJson, validate } from '../../http/parse';
import { findInEnvironments, ownEnvironment, readableEnvironments } from '../../http/tenant';
import { pageOfWhole } from '../../operations/whole-lists';
import { changeSource } from '../../store/configuration/changes';
import { getSource, listSources, putSource, type Source } from '../../store/configuration/configuration';
import { removeSource } from '../../store/configuration/removal';
import type { Table } from '../../store/table/table';
import { sourceChange, sourceQuery } from './change-schemas';
import { changeOf, deleted } from './changes';
import { sourceBody } from './schemas';
import { slugOf } from './slug';
import { deduplicationOf, verificationOf } from './source-settings';
import { SOURCE_TEMPLATES } from './source-templates';

/** `POST /v1/sources` */
export async function createSource(table: Table, request: ApiRequest, caller: Principal): Promise<ApiResponse> {
  const body = validate(sourceBody, parseJson(request.body).value);
  const { organization, environment } = ownEnvironment(caller, body);
  const [verification, deduplication] = [verificationOf(body), deduplicationOf(body)];
  const now = Date.now();
  const at = new Date(now).toISOString();
  const source: Source = {
    id: newConfigurationId('src', now),
    ...{ organization, environment },
    name: body.name,
    slug: body.slug ?? slugOf(body.name, 'source'),
    ...(body.template && { template: body.template }),
    status: body.status,
    ...(verification && { verification }),
    ...(deduplication && { deduplication }),
    ...{ createdAt: at, updatedAt: at },
  };
  await putSource(table, source);
  return { status: 201, body: { source: writeSource(source) } };
}

/** `GET /v1/sources` */
export async function showSources(table: Table, { query }: ApiRequest, caller: Principal): Promise<ApiResponse> {
  const { status, ...paging } = validate(sourceQuery, query);
  const environments = await readableEnvironments(table, caller);
  const sources = (await Promise.all(environments.map((environment) => listSources(table, environment)))).flat();
  const matching = sources.filter((source) => status === undefined || source.status === status);
  const { rows, pagination } = pageOfWhole(matching.map(writeSource), paging);
  return { status: 200, body: { sources: rows, pagination } };
}

/** `GET /v1/sources/templates` */
export async function showTemplates(): Promise<ApiResponse> {
  return { status: 200, body: { templates: SOURCE_TEMPLATES } };
}

/** `GET /v1/sources/{id}` */
export async function showSource(table: Table, { params }: ApiRequest, caller: Principal): Promise<ApiResponse> {
  const id = params.id ?? '';
  const source = await findInEnvironments(table, caller, (environment) => getSource(table, environment, id));
  if (!source) throw notFound('Source', id);
  return { status: 200, body: { source: writeSource(source) } };
}

/** `PATCH /v1/sources/{id}` */
export async function patchSource(table: Table, request: ApiRequest, caller: Principal): Promise<ApiResponse> {
  const id = request.params.id ?? '';
  const { environment } = requireEnvironment(caller);
  const current = await getSource(table, environment, id);
  if (!current) throw notFound('Source', id);
  const body = validate(sourceChange, parseJson(request.body).value);
  ownEnvironment(caller, body);
  const { name, slug, template, status } = body;
  const verification = verificationOf(body, current.verification);
  const deduplication = deduplicationOf(body, current.deduplication);
  const change = changeOf({ name, slug, template, status, verification, deduplication });
  const source = await changeSource(table, environment, id, change);
  if (!source) throw notFound('Source', id);
  return { status: 200, body: { source: writeSource(source) } };
}

/** `DELETE /v1/sources/{id}`: its address answers 404 within seconds; its connections are deleted with it. */
export async function deleteSource(table: Table, { params }: ApiRequest, caller: Principal): Promise<ApiResponse> {
  const { environment } = requireEnvironment(caller);
  const id = params.id ?? '';
  const done = await removeSource(table, environment, id, new Date().toISOString());
  return deleted('Source', id, done);
}
