/**
 * Tags of a parameter.
 * @module
 */

/** A tag. */
export interface Tag {
  /** 1 to 128 characters: letters, digits, spaces and `_.:/=+-@`; not beginning with `aws:`. */
  readonly key: string;
  /** Up to 256 of the same characters. */
  readonly value: string;
}

/** A request of `addTagsToResource`. */
export interface AddTagsToResourceRequest {
  /** Always `Parameter`. */
  readonly resourceType: 'Parameter';
  /** The parameter's name or ARN. */
  readonly resourceId: string;
  /** Tags to add. A tag of the same key is replaced. */
  readonly tags: readonly Tag[];
}

/** A request of `removeTagsFromResource`. */
export interface RemoveTagsFromResourceRequest {
  /** Always `Parameter`. */
  readonly resourceType: 'Parameter';
  /** The parameter's name or ARN. */
  readonly resourceId: string;
  /** Keys of the tags to remove. */
  readonly tagKeys: readonly string[];
}

/** A request of `listTagsForResource`. */
export interface ListTagsForResourceRequest {
  /** Always `Parameter`. */
  readonly resourceType: 'Parameter';
  /** The parameter's name or ARN. */
  readonly resourceId: string;
}

/** The answer of `listTagsForResource`. */
export interface ListTagsForResourceResult {
  /** All tags, in the order of their keys. */
  readonly tagList: readonly Tag[];
}

/** Tags of a parameter. All operations throw an `SsmError` (`InvalidResourceId`) if it does not exist. */
export interface TagOperations {
  /**
   * Adds tags, or gives existing ones another value.
   *
   * @throws `SsmError` (`TooManyTagsError`).
   */
  addTagsToResource(request: AddTagsToResourceRequest): Promise<void>;
  /** Removes tags by their keys. A key that the parameter does not have is not an error. */
  removeTagsFromResource(request: RemoveTagsFromResourceRequest): Promise<void>;
  /** Lists a parameter's tags in the order of their keys. */
  listTagsForResource(request: ListTagsForResourceRequest): Promise<ListTagsForResourceResult>;
}
