import { fieldsOf } from "../fields/fields";
