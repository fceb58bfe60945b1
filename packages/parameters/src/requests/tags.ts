/**
 * Tags of a parameter.
 * @module
 */

export interface Tag {
  /** 1 to 128 characters: letters, digits, spaces and `_.:/=+-@`; not `aws:` in front. */
  readonly key: string;
  /** Up to 256 of the same. */
  readonly value: string;
}

export interface AddTagsToResourceRequest {
  readonly resourceType: 'Parameter';
  /** The parameter's name. */
  readonly resourceId: string;
  /** Those whose key is there already take its place. */
  readonly tags: readonly Tag[];
}

export interface RemoveTagsFromResourceRequest {
  readonly resourceType: 'Parameter';
  readonly resourceId: string;
  readonly tagKeys: readonly string[];
}

export interface ListTagsForResourceRequest {
  readonly resourceType: 'Parameter';
  readonly resourceId: string;
}

export interface ListTagsForResourceResult {
  readonly tagList: readonly Tag[];
}

/** Tags of a parameter. */
export interface TagOperations {
  /**
   * Adds tags, or gives those that exist another value.
   *
   * @throws `SsmError` (`InvalidResourceId`, `TooManyTagsError`).
   */
  addTagsToResource(request: AddTagsToResourceRequest): Promise<void>;
  /** Takes tags away by their keys. A key that is not there is no error. */
  removeTagsFromResource(request: RemoveTagsFromResourceRequest): Promise<void>;
  /** Lists a parameter's tags in the order of their keys. */
  listTagsForResource(request: ListTagsForResourceRequest): Promise<ListTagsForResourceResult>;
}
