import { readChange } from '../../configuration/derived';
import { slugOf } from '../../configuration/names';
import {
  parseSource,
  type Source,
  sourceBody,
  sourceChange,
  sourceMembers,
  writeSource,
} from '../../configuration/source';
import type { Principal } from '../../http/authentication';
import { notFound } from '../../http/errors';
import type { ApiRequest, ApiResponse } from '../../http/messages';
import { validate } from '../../http/parse';
import { readableEnvironments } from '../../http/tenant';
import { pageOfWhole } from '../../operations/whole-lists';
import { activityOfSources } from '../../statistics/activity';
import { removeSource } from '../../store/configuration/removal';
import { changeSource, getSource, listSources, putSource } from '../../store/configuration/sources';
import type { Table } from '../../store/table/table';
import { deleting, listAll, newItem, orInvalid, ownItem, readBody, showing } from './endpoints';
import { sourceQuery } from './queries';
import { SOURCE_TEMPLATES } from './source-templates';

/** `POST /v1/sources` */
export async function createSource(table: Table, request: ApiRequest, caller: Principal): Promise<ApiResponse> {
  const { body, owner } = readBody(sourceBody(), request, caller);
  const slug = slugOf(body.name, 'source');
  const source = parseSource({ slug, ...newItem('src', sourceMembers, owner, body) });
  await putSource(table, source);
  return { status: 201, body: { source: writeSource(source) } };
}

/** `GET /v1/sources` */
export async function showSources(table: Table, { query }: ApiRequest, caller: Principal): Promise<ApiResponse> {
  const { status, ...paging } = validate(sourceQuery, query);
  const all = await listAll(table, await readableEnvironments(table, caller), listSources);
  const matching = all.filter((source) => status === undefined || source.status === status);
  const { rows, pagination } = pageOfWhole(matching, paging);
  return { status: 200, body: { sources: await writeAll(table, rows), pagination } };
}

/** `GET /v1/sources/templates` */
export async function showTemplates(): Promise<ApiResponse> {
  return { status: 200, body: { templates: SOURCE_TEMPLATES } };
}

/** `GET /v1/sources/{id}` */
export const showSource = showing(getSource, answer);

/** `PATCH /v1/sources/{id}` */
export async function patchSource(table: Table, request: ApiRequest, caller: Principal): Promise<ApiResponse> {
  const before = await ownItem('Source', getSource, table, request, caller);
  const { body } = readBody(sourceChange(), request, caller);
  const at = new Date().toISOString();
  const change = orInvalid(() => readChange(sourceMembers, body, before, at));
  return answer(table, before.id, await changeSource(table, before.environment, before.id, change));
}

/** `DELETE /v1/sources/{id}`: its address answers 404 within seconds. Its connections are deleted as well. */
export const deleteSource = deleting('Source', removeSource);

async function answer(table: Table, id: string, found: Source | undefined): Promise<ApiResponse> {
  if (!found) throw notFound('Source', id);
  const [source] = await writeAll(table, [found]);
  return { status: 200, body: { source } };
}

async function writeAll(table: Table, sources: readonly Source[]) {
  const activities = await activityOfSources(table, sources);
  return sources.map((source, index) => writeSource(source, activities[index]));
}
