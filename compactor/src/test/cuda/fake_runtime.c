// A libcudart.so.12 without functions: the bindings want the library, and we call none of it.
int fake_runtime;
