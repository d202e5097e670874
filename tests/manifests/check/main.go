// Check reads manifests with the code of the tools that take them: pack for a builder.toml, else what the apiVersion
// names, Skaffold, Kubernetes or kpack. A key that the tool does not know and a value of another type are errors.
package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/GoogleContainerTools/skaffold/v2/pkg/skaffold/schema/v4beta11"
	"github.com/buildpacks/pack/builder"
	"github.com/heroku/color"
	kpack "github.com/pivotal/kpack/pkg/apis/build/v1alpha2"
	yamlv3 "gopkg.in/yaml.v3"
	apps "k8s.io/api/apps/v1"
	batch "k8s.io/api/batch/v1"
	core "k8s.io/api/core/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	documents "k8s.io/apimachinery/pkg/util/yaml"
	"knative.dev/pkg/apis"
	"sigs.k8s.io/json"
	"sigs.k8s.io/yaml"
)

func main() {
	color.Disable(true)
	failed := false
	for _, path := range os.Args[1:] {
		if err := check(path); err != nil {
			fmt.Fprintf(os.Stderr, "%s: %v\n", filepath.Base(path), err)
			failed = true
		}
	}
	if failed {
		os.Exit(1)
	}
}

func check(path string) error {
	if filepath.Ext(path) == ".toml" {
		return checkBuilder(path)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	reader := documents.NewYAMLReader(bufio.NewReader(bytes.NewReader(content)))
	for {
		document, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := checkDocument(document); err != nil {
			return err
		}
	}
}

func checkBuilder(path string) error {
	config, warnings, err := builder.ReadConfig(path)
	if err != nil {
		return err
	}
	if len(warnings) > 0 {
		return fmt.Errorf("%v", warnings)
	}
	return builder.ValidateConfig(config)
}

func checkDocument(document []byte) error {
	var header meta.TypeMeta
	if err := yaml.Unmarshal(document, &header); err != nil {
		return err
	}
	if header.APIVersion == v4beta11.Version {
		decoder := yamlv3.NewDecoder(bytes.NewReader(document))
		decoder.KnownFields(true)
		return decoder.Decode(v4beta11.NewSkaffoldConfig())
	}
	resource, err := resourceOf(header)
	if err != nil {
		return err
	}
	if err := checkResource(document, resource); err != nil {
		return fmt.Errorf("%s: %w", header.Kind, err)
	}
	return nil
}

func resourceOf(header meta.TypeMeta) (any, error) {
	switch header {
	case meta.TypeMeta{APIVersion: "v1", Kind: "Service"}:
		return &core.Service{}, nil
	case meta.TypeMeta{APIVersion: "v1", Kind: "ServiceAccount"}:
		return &core.ServiceAccount{}, nil
	case meta.TypeMeta{APIVersion: "apps/v1", Kind: "Deployment"}:
		return &apps.Deployment{}, nil
	case meta.TypeMeta{APIVersion: "batch/v1", Kind: "Job"}:
		return &batch.Job{}, nil
	case meta.TypeMeta{APIVersion: "kpack.io/v1alpha2", Kind: kpack.ClusterBuildpackKind}:
		return &kpack.ClusterBuildpack{}, nil
	case meta.TypeMeta{APIVersion: "kpack.io/v1alpha2", Kind: kpack.ClusterStackKind}:
		return &kpack.ClusterStack{}, nil
	case meta.TypeMeta{APIVersion: "kpack.io/v1alpha2", Kind: kpack.ClusterBuilderKind}:
		return &kpack.ClusterBuilder{}, nil
	case meta.TypeMeta{APIVersion: "kpack.io/v1alpha2", Kind: kpack.ImageKind}:
		return &kpack.Image{}, nil
	}
	return nil, fmt.Errorf("no schema for apiVersion %q, kind %q", header.APIVersion, header.Kind)
}

// As the API server reads it, and as kpack's webhook completes and judges it.
func checkResource(document []byte, resource any) error {
	content, err := yaml.YAMLToJSONStrict(document)
	if err != nil {
		return err
	}
	unknown, err := json.UnmarshalStrict(content, resource)
	if err := errors.Join(append(unknown, err)...); err != nil {
		return err
	}
	if resource, ok := resource.(apis.Defaultable); ok {
		resource.SetDefaults(context.Background())
	}
	if resource, ok := resource.(apis.Validatable); ok {
		if err := resource.Validate(context.Background()); err != nil {
			return err
		}
	}
	return nil
}
